"""The ledger in other people's formats: pure, entry by entry."""
