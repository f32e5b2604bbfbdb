"""Casework and the claim file of English councils' whole-family programmes."""
