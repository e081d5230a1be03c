"""Time-stamps of RFC 3161: somebody else says that these bytes were there at that time."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import requests
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from broker.errors import ConfigurationError, Invalid, Unavailable

ANSWERS_WITHIN = (5, 15)  # seconds to connect, to answer
MOST_BYTES = 64 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
_HELP = "Look at BROKER_TIMESTAMP_URL and BROKER_TIMESTAMP_CA_FILE. The archive goes on without a time-stamp."


def read_roots(path: Path | None) -> list[Certificate]:
    """The certificates of a PEM file. Raises ConfigurationError; without them anybody could have stamped."""
    try:
        found = load_pem_x509_certificates(path.read_bytes()) if path else []
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The time-stamping authority's certificates in {path} cannot be read.", help=_HELP
        ) from error
    if not found:
        raise ConfigurationError(
            "No certificate says which time-stamping authority to believe.",
            help="Set BROKER_TIMESTAMP_CA_FILE to a PEM file with its root certificate.",
        )
    return found


def ask_for_stamp(url: str, content: bytes, roots: list[Certificate]) -> bytes:
    """The authority's whole answer, once it was checked. Only a SHA-256 of ``content`` leaves this machine.

    Raises Unavailable when the authority does not answer, refuses, or its answer is not what was asked for.
    """
    asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        with requests.post(
            url,
            data=asked.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=ANSWERS_WITHIN,
            allow_redirects=False,
            stream=True,
        ) as answer:
            answer.raise_for_status()
            stamp = answer.raw.read(MOST_BYTES, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise Unavailable(
            f"The time-stamping authority did not answer ({type(error).__name__}).", help=_HELP
        ) from error
    try:
        _check(_decoded(stamp), content, roots, nonce=asked.nonce)
    except Invalid as error:
        raise Unavailable(
            f"The time-stamping authority's answer was not kept. {error}", help=_HELP
        ) from error
    return bytes(stamp)


def check_stamp(stamp: bytes, content: bytes, roots: list[Certificate]) -> datetime:
    """When ``content`` was there, as an authority under ``roots`` says; needs no network. Raises Invalid."""
    return _check(_decoded(stamp), content, roots, nonce=None)


def _check(
    said: TimeStampResponse, content: bytes, roots: list[Certificate], *, nonce: int | None
) -> datetime:
    verifier = VerifierBuilder(roots=list(roots), nonce=nonce).build()
    try:
        # Weaker fingerprints than the one that was asked for are not looked at.
        if said.tst_info.message_imprint.hash_algorithm.dotted_string != _SHA256:
            raise Invalid("The time-stamp is not over a SHA-256 digest.")
        verifier.verify(said, hashlib.sha256(content).digest())
    except (VerificationError, ValueError) as error:
        raise Invalid("The time-stamp does not fit, or was not made by an authority you trust.") from error
    return said.tst_info.gen_time


def _decoded(stamp: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(stamp)
    except ValueError as error:
        raise Invalid("It is not a time-stamp.") from error
