"""What wraps other keys: a folder of files, a transit engine, a cloud's key service."""
