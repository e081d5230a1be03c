"""The provider: where it is, what it publishes, and what its keys signed."""
