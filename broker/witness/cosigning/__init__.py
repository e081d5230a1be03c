"""The witness itself: keeps the last checkpoint it saw of each ledger, and vouches for those that go on from it."""
