"""Contacts, files, the chronology, hidden addresses and drafts."""
