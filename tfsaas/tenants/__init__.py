"""Councils, their programmes and money, and the boundary between them."""
