"""Phone, passkey and codes are all gone: a colleague vouches, and one browser sets up anew."""
