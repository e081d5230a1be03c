"""Shared Signals: other software is told, unasked, that access has ended."""
