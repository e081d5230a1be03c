"""A second process that has seen how far the ledger went, and what the broker asks of it."""
