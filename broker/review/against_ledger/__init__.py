"""Whether the rows the broker works from still say what the ledger says was done."""
