"""Rows for the signals, read from where they lie."""
