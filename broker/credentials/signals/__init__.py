"""Shared Signals: software elsewhere is told when access ends."""
