"""The ledger as files an outsider can check alone."""
