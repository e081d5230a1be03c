"""The ways a feed is told: each sends a batch and says how much of it the receiver has for certain."""
