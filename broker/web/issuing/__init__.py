"""The OAuth endpoints."""
