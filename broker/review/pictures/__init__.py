"""Pictures for those who would rather look than read, as SVG with their table."""
