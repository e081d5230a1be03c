"""Signing leases and pairing a site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.jws import DocumentRefused
from broker.adapters.lease import LeaseClaims, LeaseSigner, RevocationClaims
from broker.adapters.pairing import pairing_text, read_pairing
from broker.adapters.verify import verify_lease, verify_revocation
from broker.clock import SettableClock

SCOPE = {"primitives": ["edit_pages"]}


@pytest.fixture
def signer() -> LeaseSigner:
    return LeaseSigner(Ed25519PrivateKey.generate(), "broker.example")


def _claims(clock: SettableClock, **changed: object) -> LeaseClaims:
    now = clock.now()
    fields = {
        "site": "clinic",
        "grant": "grant_1",
        "account": "nurse",
        "entitlement": "notes",
        "scope": SCOPE,
        "not_before": now,
        "expires_at": now + timedelta(minutes=15),
        "version": 1,
        "issuer": "broker.example",
    }
    return LeaseClaims(**{**fields, **changed})  # type: ignore[arg-type]


def test_site_reads_what_the_broker_signed(signer: LeaseSigner, clock: SettableClock) -> None:
    """Lease and revocation come back from the signed text as they went in."""
    pairing = read_pairing(pairing_text("clinic", "broker.example", [signer.public_jwk]))
    now = clock.now()
    lease = _claims(clock)
    revocation = RevocationClaims("clinic", "grant_1", 2, now, now + timedelta(days=7), "broker.example")
    assert verify_lease(signer.sign_lease(lease, now), pairing, now) == lease
    assert verify_revocation(signer.sign_revocation(revocation), pairing) == revocation


def test_expiry_is_rounded_down(signer: LeaseSigner, clock: SettableClock) -> None:
    """A lease never lives a fraction of a second longer than its grant."""
    pairing = read_pairing(pairing_text("clinic", "broker.example", [signer.public_jwk]))
    ends = clock.now() + timedelta(seconds=10, microseconds=900_000)
    jws = signer.sign_lease(_claims(clock, expires_at=ends), clock.now())
    with pytest.raises(DocumentRefused, match="expired"):
        verify_lease(jws, pairing, clock.now() + timedelta(seconds=10))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1), timedelta(hours=24, seconds=1)])
def test_impossible_times_are_not_signed(
    signer: LeaseSigner, clock: SettableClock, length: timedelta
) -> None:
    """A lease that ends before it begins, or lives for more than a day, is not signed."""
    with pytest.raises(ValueError, match="24 hours"):
        signer.sign_lease(_claims(clock, expires_at=clock.now() + length), clock.now())


def test_foreign_issuer_is_not_signed(signer: LeaseSigner, clock: SettableClock) -> None:
    """A signer signs for its own broker only."""
    with pytest.raises(ValueError, match="names the broker"):
        signer.sign_lease(_claims(clock, issuer="other"), clock.now())


def test_lease_no_site_would_take_is_not_signed(signer: LeaseSigner, clock: SettableClock) -> None:
    """A lease longer than sites read is refused where it is made."""
    with pytest.raises(DocumentRefused, match="too_large"):
        signer.sign_lease(_claims(clock, scope={"primitives": ["x" * 8192]}), clock.now())


def test_pairing_holds_no_secret(signer: LeaseSigner) -> None:
    """Only public keys go into the text a site's operator handles, and its kid is the thumbprint."""
    text = pairing_text("clinic", "broker.example", [{**signer.public_jwk, "d": "secret"}])
    pairing = read_pairing(text)
    assert list(pairing.keys) == [signer.kid]
    assert not pairing.keys[signer.kid].is_private


@pytest.mark.parametrize("text", ["", "no", "e30", "bnVsbA", "W10", "!!!"])
def test_unreadable_pairing_is_refused(text: str) -> None:
    """Anything but a sound pairing is refused by name."""
    with pytest.raises(DocumentRefused, match="bad_pairing"):
        read_pairing(text)


def test_two_keys_during_rotation(clock: SettableClock) -> None:
    """A site paired with two keys obeys both."""
    old, new = (LeaseSigner(Ed25519PrivateKey.generate(), "broker.example") for _ in range(2))
    pairing = read_pairing(pairing_text("clinic", "broker.example", [new.public_jwk, old.public_jwk]))
    for signer in (old, new):
        assert verify_lease(signer.sign_lease(_claims(clock), clock.now()), pairing, clock.now())
