"""In-memory stand-ins that keep the real contracts (signatures are really checked)."""
