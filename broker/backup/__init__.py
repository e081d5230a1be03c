"""Encrypted backups of the whole broker, checked and restorable into an empty place."""
