"""Sites, what differs on them, and people."""
