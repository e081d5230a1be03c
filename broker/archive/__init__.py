"""Write-once copies of the ledger, and time-stamps on it."""
