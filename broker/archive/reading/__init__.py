"""Out of an archive again, with the public key alone."""
