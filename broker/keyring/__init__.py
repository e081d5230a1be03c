"""Keys that sign what the broker issues: made, sealed, rotated, published."""
