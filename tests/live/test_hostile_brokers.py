"""Two brokers that mean one site, two sites that are one, and eight calls at once about one grant."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.errors import SiteError
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
REVOKED = Outcome(Answer.REFUSED, "revoked")
STALE = Outcome(Answer.REFUSED, "stale_version")
AT_ONCE = 8


def test_a_second_broker_on_the_same_site(ward: Ward, broker: BrokerSide) -> None:
    """The site obeys the broker it is paired with; the other is turned away at the door with every verb."""
    other = BrokerSide()
    other.connect(ward.site.url)
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    calls: list[Callable[[], object]] = [
        lambda: other.give(ward.nurse, notes_of(ward.other)),
        lambda: other.take_back(grant),
        other.adapter.observe,
        other.adapter.health,
    ]
    for call in calls:
        with pytest.raises(SiteError, match="does not know this broker's key") as failed:
            call()
        assert not failed.value.effect_unknown
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not ward.reads(session, ward.other_note)


def test_documents_of_a_second_broker_in_calls_of_the_first(ward: Ward, broker: BrokerSide) -> None:
    """Somebody who could send through the paired broker gains nothing: each document is proven by itself."""
    other, unknown = BrokerSide(), Outcome(Answer.REFUSED, "unknown_key")
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    theirs = other.lease(ward.nurse, notes_of(ward.other))
    assert broker.apply(theirs) == unknown
    assert broker.adapter.revoke([other.revocation(grant)]) == {grant: unknown}
    assert grant in broker.active()


def test_two_names_for_one_site(ward: Ward, broker: BrokerSide) -> None:
    """A site connected twice obeys the name it is paired under; the other name is refused, not half served."""
    shop = broker.reach(ward.site.url, site="shop")
    lease = broker.lease(ward.nurse, notes_of(ward.mine), site="shop")
    for call in (lambda: shop.apply([lease]), shop.observe, shop.health):
        with pytest.raises(SiteError, match="paired under another name") as failed:
            call()
        assert not failed.value.effect_unknown
    assert broker.apply(lease) == Outcome(Answer.REFUSED, "wrong_audience")
    assert not ward.reads(ward.log_in(), ward.my_note)


def _at_once(broker: BrokerSide, ward: Ward, *calls: tuple[str, SignedDocument]) -> list[Outcome]:
    """Each call by a connection of its own, all begun together; answers in their order."""
    ready = Barrier(len(calls))

    def send(verb: str, document: SignedDocument) -> Outcome:
        adapter = broker.reach(ward.site.url)
        ready.wait(10)
        outcome: Outcome = getattr(adapter, verb)([document])[document.id]
        return outcome

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, *zip(*calls, strict=True)))


def test_eight_at_once_about_one_grant(ward: Ward, broker: BrokerSide) -> None:
    """Leases and revocations of one grant racing: no call fails or hangs, and the end is always that it is over."""
    started = time.monotonic()
    for _ in range(5):
        first = broker.lease(ward.nurse, notes_of(ward.mine))
        newer = broker.lease(ward.nurse, notes_of(ward.mine), grant=first.id, version=2)
        revocation = broker.revocation(first.id, version=3)
        calls = [("apply", first), ("revoke", revocation), ("apply", newer), ("revoke", revocation)] * 2
        outcomes = _at_once(broker, ward, *calls)
        assert {outcome for (verb, _), outcome in zip(calls, outcomes, strict=True) if verb == "revoke"} == {
            DONE
        }
        assert set(outcomes) <= {DONE, REVOKED, STALE}
        assert first.id not in broker.active()
        assert broker.apply(newer) == REVOKED
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("verb", ["apply", "revoke"])
def test_the_same_eight_times_at_once(ward: Ward, broker: BrokerSide, verb: str) -> None:
    """The same document by eight connections is taken once and done eight times."""
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    document = lease if verb == "apply" else broker.revocation(lease.id)
    assert _at_once(broker, ward, *[(verb, document)] * AT_ONCE) == [DONE] * AT_ONCE
    rows = f"SELECT COUNT(*) FROM wp_emergency_access_leases WHERE grant_id = '{lease.id}'"
    assert ward.site.sql(rows).strip() == "1"
    assert (lease.id in broker.active()) is (verb == "apply")
