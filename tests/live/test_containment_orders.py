"""Orders about accounts that come late, twice, together, from strangers or to a site paired anew."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from broker.adapters.companion.call import HEADER
from broker.adapters.lease import ContainmentAction, ContainmentClaims
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.adapters.wordpress.client import SPACE
from broker.clock import new_id
from tests.live.broker_side import ISSUER, SITE, BrokerSide
from tests.live.conftest import Apart, Ward
from tests.live.ways_in import sign_in

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
STALE = Outcome(Answer.REFUSED, "stale_version")
FREEZE, RELEASE = ContainmentAction.FREEZE, ContainmentAction.RELEASE


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> BrokerSide:
    return apart.broker


def test_older_orders_undo_nothing(ward: Ward, broker: BrokerSide) -> None:
    """A release that was held up on the way, or overheard and sent again, does not undo the freeze after it."""
    early, freeze = next(broker.versions), next(broker.versions)
    claims = ContainmentClaims(
        SITE, f"order_{early}", ward.nurse, (), (RELEASE,), early, broker.clock.now(), ISSUER
    )
    body = json.dumps({"documents": [broker.signer.sign_containment(claims)]}).encode()
    sign, now = broker.signer.sign_call, broker.clock.now()
    assert _post(ward, body, sign(SITE, SPACE + "contain", body, now, new_id("call"), 0)) == "done"
    assert broker.contain(ward.nurse, FREEZE, version=freeze) == DONE
    assert broker.contain(ward.nurse, RELEASE, version=early) == STALE
    assert _post(ward, body, sign(SITE, SPACE + "contain", body, now, new_id("call"), 0)) == "stale_version"
    assert "frozen" in sign_in(ward)


def test_orders_at_once_in_any_order(ward: Ward, broker: BrokerSide) -> None:
    """Freezes and releases that arrive together, the newest anywhere among them, end as the newest says."""
    for last in (FREEZE, RELEASE):
        versions = [next(broker.versions) for _ in range(8)]
        orders = [(version, FREEZE if at % 2 else RELEASE) for at, version in enumerate(versions[:-1])]
        orders.insert(3, (versions[-1], last))

        def send(order: tuple[int, ContainmentAction]) -> Outcome:
            version, action = order
            claims = ContainmentClaims(
                SITE, f"order_{version}", ward.nurse, (), (action,), version, broker.clock.now(), ISSUER
            )
            document = SignedDocument(claims.order, broker.signer.sign_containment(claims))
            return broker.reach(ward.site.url).contain([document])[claims.order]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, orders))
        assert answers[3] == DONE
        assert set(answers) <= {DONE, STALE}
        assert broker.adapter.readiness([ward.nurse]) == {ward.nurse: ("frozen",) if last is FREEZE else ()}


def test_unpaired_site_keeps_its_frozen_out(ward: Ward, broker: BrokerSide) -> None:
    """Taking the pairing out, or putting another broker's in, lets nobody in again."""
    broker.contain(ward.nurse, FREEZE, version=next(broker.versions))
    try:
        for pairing in ("", BrokerSide().pairing):
            ward.site.pair(pairing)
            assert "frozen" in sign_in(ward)
    finally:
        ward.site.pair(broker.pairing)


def test_unknown_account(ward: Ward, broker: BrokerSide) -> None:
    """An order about an account the site does not have is refused, also where only the case differs."""
    for login in ("nobody-here", ward.nurse.upper()):
        refused = broker.contain(login, FREEZE, version=next(broker.versions))
        assert refused == Outcome(Answer.REFUSED, "unknown_account")
    assert sign_in(ward) == ""


def test_strangers_order(ward: Ward, broker: BrokerSide) -> None:
    """An order by a key the site does not know is refused at the document, though the call was the broker's own."""
    claims = ContainmentClaims(SITE, "order_x", ward.nurse, (), (FREEZE,), 10**6, broker.clock.now(), ISSUER)
    body = json.dumps({"documents": [BrokerSide().signer.sign_containment(claims)]}).encode()
    sign = broker.signer.sign_call
    envelope = sign(SITE, SPACE + "contain", body, broker.clock.now(), new_id("call"), 0)
    assert _post(ward, body, envelope) == "unknown_key"
    assert sign_in(ward) == ""


def _post(ward: Ward, body: bytes, envelope: str) -> str:
    address = f"{ward.site.url}/?rest_route={SPACE}contain"
    answer = requests.post(address, data=body, headers={HEADER: envelope}, timeout=20).json()["answers"][0]
    return str(answer["reason"] or answer["answer"])
