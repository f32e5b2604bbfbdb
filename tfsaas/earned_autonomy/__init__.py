"""Earned Autonomy: the agreement, its strands and the outcomes counted."""
