"""A second small process that remembers the last checkpoint it saw, and refuses a fork."""
