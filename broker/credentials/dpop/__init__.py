"""Tokens bound to a key (RFC 9449): proofs seen before, and nonces."""
