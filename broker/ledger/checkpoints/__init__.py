"""Where the ledger stood, signed and kept outside the database."""
