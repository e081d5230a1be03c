"""/api/v1: what the pages do, for software."""
