"""A client from npm."""
