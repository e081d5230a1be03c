"""RFC 6962's tree over the entries: hashes, proofs and their checks. Pure."""
