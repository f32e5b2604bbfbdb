"""The demo councils."""
