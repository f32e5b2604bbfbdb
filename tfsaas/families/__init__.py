"""Families, the people in them, and their episodes of support."""
