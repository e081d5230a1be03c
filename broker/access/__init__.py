"""The heart: requests, grants, and one file per verb."""
