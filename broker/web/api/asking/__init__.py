"""What can be asked for, and requests."""
