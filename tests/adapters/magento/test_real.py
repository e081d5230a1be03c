"""The same adapter against a real Magento, where somebody has one.

BROKER_TEST_MAGENTO names a JSON file with url, site, issuer, lease_key (32 bytes, hexadecimal), secrets, options,
and holder {account, password, totp}, an admin who may not see orders.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.companion.chain import NOTHING, Happening, verify_chain
from broker.adapters.lease import (
    ContainmentAction,
    ContainmentClaims,
    LeaseClaims,
    LeaseSigner,
    RevocationClaims,
)
from broker.adapters.magento.client import MagentoAdapter
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.clock import new_id
from tests.fakes.connection import connection_to

pytestmark = pytest.mark.live

SCOPE = {"resources": ["Magento_Sales::sales", "Magento_Sales::actions_view"]}
DONE = Outcome(Answer.DONE)


@dataclass
class RealShop:
    said: dict[str, Any]

    def __post_init__(self) -> None:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.said["lease_key"]))
        self.signer = LeaseSigner(key, self.said["issuer"])
        self.mark = 0
        self.adapter = self._adapter()
        self.mark = self.adapter.observe().mark
        self.account = self.said["holder"]["account"]

    def _adapter(self) -> MagentoAdapter:
        about = {name: self.said[name] for name in ("site", "secrets", "options")}
        connection = connection_to(self.said["url"], self.signer, mark=lambda: self.mark, **about)
        return MagentoAdapter(connection, timeout=(3, 30))

    def lease(self, seconds: int = 300) -> SignedDocument:
        now, grant = datetime.now(UTC), new_id("grant")
        claims = LeaseClaims(
            self.said["site"],
            grant,
            self.account,
            "orders",
            SCOPE,
            now - timedelta(seconds=5),
            now + timedelta(seconds=seconds),
            self.next_version(),
            self.signer.issuer,
        )
        return SignedDocument(grant, self.signer.sign_lease(claims, now))

    def revocation(self, grant: str) -> SignedDocument:
        now = datetime.now(UTC)
        keep = now + timedelta(days=7)
        claims = RevocationClaims(
            self.said["site"], grant, self.next_version(), now, keep, self.signer.issuer
        )
        return SignedDocument(grant, self.signer.sign_revocation(claims))

    def order(self, *actions: ContainmentAction) -> SignedDocument:
        claims = ContainmentClaims(
            self.said["site"],
            new_id("order"),
            self.account,
            (),
            actions,
            self.next_version(),
            datetime.now(UTC),
            self.signer.issuer,
        )
        return SignedDocument(claims.order, self.signer.sign_containment(claims))

    def next_version(self) -> int:
        self.mark += 1
        return self.mark

    def token(self) -> str:
        """Of the holder, by password and second factor; empty when they are not let in."""
        # Magento refuses older tokens by the second: one of the very second in which a lease begins counts as older.
        time.sleep(1.1)
        holder = self.said["holder"]
        typed = {
            "username": self.account,
            "password": holder["password"],
            "otp": pyotp.TOTP(holder["totp"]).now(),
        }
        answer = requests.post(
            f"{self.said['url']}/rest/V1/tfa/provider/google/authenticate", json=typed, timeout=30
        )
        return str(answer.json()) if answer.status_code == 200 else ""

    def sees_orders(self, token: str) -> bool:
        asked = {"searchCriteria[pageSize]": "1"}
        by = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{self.said['url']}/rest/V1/orders", asked, headers=by, timeout=30)
        return answer.status_code == 200

    def events_after(self, head: Happening | None) -> list[Happening]:
        seq, digest = (head.seq, head.hash) if head else (0, NOTHING)
        return verify_chain(seq, digest, self.adapter.events(seq))

    def last_event(self) -> Happening | None:
        head = None
        while found := self.events_after(head):
            head = found[-1]
        return head


@pytest.fixture(scope="module")
def shop() -> RealShop:
    return RealShop(json.loads(Path(os.environ["BROKER_TEST_MAGENTO"]).read_text(encoding="utf-8")))


@pytest.fixture
def lease(shop: RealShop) -> Iterator[SignedDocument]:
    """A live lease of the holder's, taken back afterwards."""
    lease = shop.lease()
    assert shop.adapter.apply([lease]) == {lease.id: DONE}
    yield lease
    shop.adapter.revoke([shop.revocation(lease.id)])


def test_lent_and_taken_back(shop: RealShop, lease: SignedDocument) -> None:
    """What the scope names opens, and is closed for the very same token when it is taken back."""
    token = shop.token()
    assert shop.sees_orders(token)
    assert shop.adapter.observe().active[lease.id].account == shop.account
    assert shop.adapter.revoke([shop.revocation(lease.id)]) == {lease.id: DONE}
    assert not shop.sees_orders(token)
    assert lease.id not in shop.adapter.observe().active


def test_nothing_without_a_lease(shop: RealShop) -> None:
    """The holder's own rights do not open it."""
    assert not shop.sees_orders(shop.token())


def test_older_tokens_inherit_nothing(shop: RealShop) -> None:
    """A token handed out before the lease stays as poor as it was."""
    token = shop.token()
    lease = shop.lease()
    shop.adapter.apply([lease])
    assert not shop.sees_orders(token)
    shop.adapter.revoke([shop.revocation(lease.id)])


def test_it_is_told(shop: RealShop) -> None:
    """Giving, using and ending stand in the chain, proven here."""
    head = shop.last_event()
    lease = shop.lease()
    shop.adapter.apply([lease])
    shop.sees_orders(shop.token())
    shop.adapter.revoke([shop.revocation(lease.id)])
    told = [event.kind for event in shop.events_after(head) if event.grant == lease.id]
    assert told[0] == "lease_applied"
    assert "listed" in told
    assert told[-1] == "lease_ended"


def test_frozen(shop: RealShop) -> None:
    """A frozen admin is not let in, and is again after the release."""
    try:
        assert DONE in shop.adapter.contain([shop.order(ContainmentAction.FREEZE)]).values()
        assert shop.token() == ""
        assert "frozen" in shop.adapter.readiness([shop.account])[shop.account]
    finally:
        shop.adapter.contain([shop.order(ContainmentAction.RELEASE)])
    assert shop.token()


def test_healthy(shop: RealShop) -> None:
    """The module is the one this broker ships, and knows the broker's key."""
    health = shop.adapter.health()
    assert shop.signer.kid in health.keys
    assert not [problem for problem in health.problems if "file" in problem or "version" in problem]


def test_effective(shop: RealShop) -> None:
    """The shop names the REST routes a scope opens."""
    assert "REST GET /V1/orders" in shop.adapter.effective(SCOPE)
