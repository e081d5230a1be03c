"""Signing out there as well, and when the provider says so."""
