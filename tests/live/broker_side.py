"""The broker's side of a live test: a key, an adapter, and short words for what it sends."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.kind import Connection
from broker.adapters.lease import (
    ContainmentAction,
    ContainmentClaims,
    LeaseClaims,
    LeaseSigner,
    RevocationClaims,
)
from broker.adapters.pairing import pairing_text
from broker.adapters.port import Outcome, SignedDocument
from broker.adapters.wordpress.client import WordPressAdapter
from broker.clock import SystemClock, new_id
from tests.fakes.memory import PlainMemory

SITE, ISSUER = "clinic", "broker.example"


def notes_of(patient: str, *verbs: str, post_type: str = "telehealth_note") -> dict[str, Any]:
    """The scope that opens one patient's notes; reading and editing unless told otherwise."""
    return {
        "patient": patient,
        "posts": {
            "post_type": post_type,
            "meta_key": "patient_ref",
            "capabilities": list(verbs) or ["read", "edit"],
        },
    }


class BrokerSide:
    """Signs with a key of its own and talks to the site at ``url``."""

    def __init__(self) -> None:
        self.seed = secrets.token_bytes(32)
        self.signer = LeaseSigner(Ed25519PrivateKey.from_private_bytes(self.seed), ISSUER)
        self.clock = SystemClock()
        self.mark = 0
        self.versions = itertools.count(1)
        self.adapter: WordPressAdapter

    def connect(self, url: str) -> None:
        self.adapter = self.reach(url)

    def reach(self, url: str, *, site: str = SITE, patience: float = 20) -> WordPressAdapter:
        """Another way to the same site, or to what it is said to be."""
        there = Connection(site, url, True, self.signer, self.clock, lambda: self.mark, PlainMemory())
        return WordPressAdapter(there, timeout=(3, patience))

    @property
    def pairing(self) -> str:
        return pairing_text(SITE, ISSUER, [self.signer.public_jwk])

    def lease(
        self,
        account: str,
        scope: Mapping[str, Any],
        *,
        grant: str | None = None,
        version: int = 1,
        site: str = SITE,
        begins_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> SignedDocument:
        """A signed lease that begins now and ends in five minutes unless told otherwise."""
        now = self.clock.now()
        grant = grant or new_id("grant")
        begins, ends = begins_at or now, expires_at or now + timedelta(minutes=5)
        claims = LeaseClaims(site, grant, account, "patient-notes", scope, begins, ends, version, ISSUER)
        return SignedDocument(grant, self.signer.sign_lease(claims, now))

    def revocation(self, grant: str, version: int = 2) -> SignedDocument:
        now = self.clock.now()
        claims = RevocationClaims(SITE, grant, version, now, now + timedelta(days=7), ISSUER)
        return SignedDocument(grant, self.signer.sign_revocation(claims))

    def give(self, account: str, scope: Mapping[str, Any], **how: Any) -> str:
        """Apply a lease the site must take; answers the grant's id."""
        document = self.lease(account, scope, **how)
        outcome = self.apply(document)
        if outcome.reason:
            raise AssertionError(f"the site refused the lease: {outcome.reason}")
        return document.id

    def apply(self, document: SignedDocument) -> Outcome:
        return self.adapter.apply([document])[document.id]

    def take_back(self, grant: str) -> Outcome:
        return self.adapter.revoke([self.revocation(grant)])[grant]

    def contain(
        self, account: str, *actions: ContainmentAction, version: int, spare: tuple[str, ...] = ()
    ) -> Outcome:
        """Send one order about ``account``; the same account and version make the same order."""
        claims = ContainmentClaims(
            SITE, f"order_{version}", account, spare, actions, version, self.clock.now(), ISSUER
        )
        order = SignedDocument(claims.order, self.signer.sign_containment(claims))
        return self.adapter.contain([order])[order.id]

    def active(self) -> set[str]:
        return set(self.adapter.observe().active)
