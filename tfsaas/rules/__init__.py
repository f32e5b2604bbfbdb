"""What the programme says: pure functions over plans and facts."""
