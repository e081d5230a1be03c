"""One grant's story in words."""
