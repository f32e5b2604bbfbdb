"""Files that people send: cleaned, kept in the database, quarantined until they were scanned."""
