"""Who changed what, and who saw which family."""
