"""What is held, and what is erased before its time."""
