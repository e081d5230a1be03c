"""Questions people keep under a name, for themselves or for everybody who may look."""
