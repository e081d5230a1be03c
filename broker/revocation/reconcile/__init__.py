"""What a site really enforces, held against what was granted; and what is done where the two differ."""
