"""Signing in, setting up a code, and the sessions that are open."""
