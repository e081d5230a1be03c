"""Signed links to one recording or record, and the viewings they open."""
