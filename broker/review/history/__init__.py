"""The filtered list of grants, and its files."""
