"""The daily work with families."""
