"""Reviews that are owed, and what becomes of them."""
