"""Progress to target, and the annual report."""
