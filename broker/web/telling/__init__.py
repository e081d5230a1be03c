"""Words several pages share: a request's story, effective permissions, names."""
