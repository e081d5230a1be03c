"""The rows of a backup go into an empty database, of either kind."""
