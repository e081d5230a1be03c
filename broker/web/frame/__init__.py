"""What surrounds every page: who is there, what may be seen, headers, errors, times."""
