"""A real WordPress, with and beside the whole broker."""
