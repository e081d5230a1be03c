"""Access is taken back here, whatever else is broken."""
