"""History, reviews and the check of the ledger."""
