"""From the ledger into an archive, a segment at a time."""
