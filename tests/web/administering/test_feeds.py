"""The page of feeds: how far each is, what it refuses, and what an administrator can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from broker.clock import SettableClock
from broker.feeds.deliver import deliver
from broker.feeds.feed import Feed, Kind
from broker.feeds.formats.choose import Format
from broker.feeds.register import add_feed, get_feed, new_feed_id
from broker.feeds.tables import feeds
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.front import Browser, Front


@pytest.fixture
def front(store: Store, clock: SettableClock, tmp_path: Path) -> Front:
    return Front(Clinic(store, clock), tmp_path)


@pytest.fixture
def feed(front: Front) -> Feed:
    parts = front.parts
    with parts.store.write() as tx:
        target = str(front.folder / "feed.jsonl")
        new = Feed(new_feed_id(), "The SIEM", Kind.FILE, Format.LEDGER, target, tx.at)
        return add_feed(tx, parts.ledger, parts.site_seal, new, {}, actor="broker")


@pytest.fixture
def admin(front: Front) -> Browser:
    browser = front.browser(front.clinic.admin)
    browser.get("/feeds")
    return browser


def now_of(front: Front, feed: Feed) -> Feed:
    with front.parts.store.read() as reader:
        return get_feed(reader, feed.id)


def refuse(front: Front, feed: Feed, seq: int) -> None:
    with front.parts.store.write() as tx:
        said = {"refused_seq": seq, "refusals": 3, "fault": "It answered 400.", "delivered_seq": seq - 1}
        tx.execute(update(feeds).where(feeds.c.id == feed.id).values(**said))


def test_how_far_it_is(front: Front, feed: Feed, admin: Browser) -> None:
    """Behind before it was told, with everything after; its target is not shown."""
    behind = admin.get("/feeds").text
    assert "Catching up" in behind
    deliver(front.parts.feed_desk, feed.id)
    there = admin.get("/feeds").text
    assert "Has everything" in there
    assert "feed.jsonl" not in behind + there


def test_an_entry_is_tried(front: Front, feed: Feed, admin: Browser) -> None:
    """The button sends one new entry now, and the feed is where it was."""
    answer = admin.post(f"/feeds/{feed.id}/test")
    assert "The SIEM took a test entry." in answer.text
    assert now_of(front, feed).delivered_seq == 0
    (line,) = (front.folder / "feed.jsonl").read_text().splitlines()
    assert json.loads(line)["event"] == "feed.tested"
    assert front.clinic.entries("feed.tested")[0].actor == front.clinic.admin.id


def test_a_refused_entry_is_left_out(front: Front, feed: Feed, admin: Browser) -> None:
    """The page says which entry and why, the button leaves out that one alone, and it stays listed."""
    refuse(front, feed, 3)
    page = admin.get("/feeds").text
    assert "Refuses an entry" in page
    assert "It answered 400." in page
    assert "does not refuse entry 4 any more" in admin.post(f"/feeds/{feed.id}/skip/4").text
    assert "Entry 3 is left out for The SIEM" in admin.post(f"/feeds/{feed.id}/skip/3").text
    assert "Left out" in admin.get("/feeds").text
    assert now_of(front, feed).delivered_seq == 3
    assert front.clinic.entries("feed.skipped")[0].facts["seq"] == 3


def test_pause_and_go_on(front: Front, feed: Feed, admin: Browser) -> None:
    """Paused it says so and is told nothing; let go on it is."""
    assert "Paused" in admin.post(f"/feeds/{feed.id}/pause").text
    assert deliver(front.parts.feed_desk, feed.id) == 0
    assert "goes on now" in admin.post(f"/feeds/{feed.id}/resume").text
    assert deliver(front.parts.feed_desk, feed.id) > 0


def test_nobody_is_told(admin: Browser) -> None:
    """Without a feed the page says how to add one."""
    assert "broker feed add" in admin.page


@pytest.mark.parametrize("what", ["test", "pause", "resume", "skip/1"])
def test_get_changes_nothing(front: Front, feed: Feed, admin: Browser, what: str) -> None:
    """The address of a button leads back to the list."""
    before = now_of(front, feed)
    assert admin.get(f"/feeds/{feed.id}/{what}").status_code == 303
    assert now_of(front, feed) == before


def test_a_feed_that_is_not_there(admin: Browser) -> None:
    """Our own page, and nothing else."""
    assert admin.post("/feeds/feed_nowhere/test").status_code == 404
