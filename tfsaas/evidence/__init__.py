"""Dated facts with their coverage, and the loads that brought them."""
