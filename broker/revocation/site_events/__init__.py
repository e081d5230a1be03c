"""What a site saw, pulled from its chain of events, proven, and written into the ledger."""
