"""Whether certificates and keys that were typed in can be used, before anybody relies on them."""

from __future__ import annotations

import ssl

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

LONGEST_PEM = 64_000


def fault_of_pem(pem: str) -> str:
    if len(pem) > LONGEST_PEM or not pem.isascii():
        return "PEM of one or several certificates"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return "PEM of one or several certificates"
    return ""


def fault_of_pair(certificate: str, key: str) -> str:
    """Read here, because TLS itself would ask a terminal for the passphrase of a locked key."""
    try:
        first = load_pem_x509_certificates(certificate.encode())[0]
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "a client certificate and its key go together, both PEM, the key without a passphrase"
    return "" if first.public_key() == private.public_key() else "it is not the key of this certificate"
