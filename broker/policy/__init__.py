"""What the policy files say, and what follows from them for one request."""
