"""Administrators hear once of a feed that does not take what it is sent."""

import pytest

from broker.clock import SettableClock
from broker.feeds.channels.answer import Answer
from broker.feeds.feed import Feed, Kind
from broker.feeds.formats.choose import Format
from broker.feeds.outcome import TOLD_AFTER, settle
from broker.feeds.register import add_feed, get_feed, new_feed_id
from broker.sealing import Seal
from tests.notify.conftest import BASE

AWAY, REFUSED = Answer(fault="It answered 503."), Answer(fault="It answered 400.", refused=True)


@pytest.fixture
def feed(clinic) -> Feed:
    with clinic.store.write() as tx:
        target = "https://siem.example/s3cr3t"
        new = Feed(new_feed_id(), "The SIEM", Kind.WEBHOOK, Format.LEDGER, target, tx.at)
        return add_feed(tx, clinic.ledger, Seal(bytes(32), "feeds"), new, {}, actor="broker")


@pytest.mark.parametrize(("answer", "words"), [(AWAY, "9 times in a row"), (REFUSED, "refuses entry 1")])
def test_mailed_once(clinic, clock: SettableClock, feed, outbox, answer, words):
    """With where to look and what is wrong, and neither its address nor what it said."""
    for _ in range(TOLD_AFTER + 5):
        with clinic.store.write() as tx:
            settle(tx, clinic.ledger, get_feed(tx, feed.id), [1, 2], answer)
    (message,) = outbox("feed.stuck")
    assert message.address == "admin@clinic.example"
    assert message.subject == "Not told of the ledger: The SIEM"
    assert words in message.body_text
    for body in (message.body_text, message.body_html):
        assert f"{BASE}/feeds" in body
        assert "The SIEM" in body
        assert "s3cr3t" not in body
        assert "It answered" not in body
