"""Ends of access that happen while nothing can be written down: kept beside the database, written into it later."""
