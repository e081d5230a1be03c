"""How a person gets in: first what they know or who vouches for them, then a factor."""
