"""Payment by results: what results were worth."""
