"""People, their factors and their sessions."""
