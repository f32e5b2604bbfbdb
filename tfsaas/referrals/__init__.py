"""Referrals: the form that families and professionals fill in, and what is decided about them."""
