"""What a live grant can be exchanged for."""
