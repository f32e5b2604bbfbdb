"""The outcomes plan in its administrators' hands: shown, changed, rehearsed, approved, published."""
