"""For resource servers: whether a token of the broker opens a door, without the broker's database."""
