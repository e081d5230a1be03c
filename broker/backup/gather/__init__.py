"""What a backup is made of: the database at one instant, keys, checkpoints, policies, recordings."""
