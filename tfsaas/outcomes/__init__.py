"""What the rules find for a council's families, and the results it confirms."""
