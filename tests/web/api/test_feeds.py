"""Feeds by API: the same as on their page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.feeds.channels.answer import Answer
from broker.feeds.deliver import deliver
from broker.feeds.feed import Feed, Kind
from broker.feeds.formats.choose import Format
from broker.feeds.outcome import settle
from broker.feeds.register import add_feed, new_feed_id
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front
from tests.fakes.software import Caller, by_session


@pytest.fixture
def front(store: Store, clock: SettableClock, tmp_path: Path) -> Front:
    return Front(Clinic(store, clock), tmp_path)


@pytest.fixture
def admin(front: Front) -> Caller:
    return by_session(front, front.clinic.admin)


@pytest.fixture
def feed(front: Front) -> Feed:
    parts = front.parts
    with parts.store.write() as tx:
        target = str(front.folder / "feed.jsonl")
        new = Feed(new_feed_id(), "The SIEM", Kind.FILE, Format.LEDGER, target, tx.at)
        return add_feed(tx, parts.ledger, parts.site_seal, new, {}, actor="broker")


def test_a_feed_is_seen_tried_paused_and_let_go_on(front: Front, admin: Caller, feed: Feed) -> None:
    """Its target is told nobody; pausing twice is a conflict."""
    (row,) = admin.get("/feeds").json["items"]
    assert (row["id"], row["format"], row["delivered_entry"]) == (feed.id, "ledger", 0)
    assert row["behind"] > 0
    assert "feed.jsonl" not in admin.get("/feeds").text
    assert admin.post(f"/feeds/{feed.id}/test").json == {"taken": True, "fault": ""}
    assert json.loads((front.folder / "feed.jsonl").read_text())["event"] == "feed.tested"
    assert admin.post(f"/feeds/{feed.id}/pause").json["paused"] is True
    assert admin.post(f"/feeds/{feed.id}/pause").status_code == 409
    assert admin.post(f"/feeds/{feed.id}/resume").json["paused"] is False
    deliver(front.parts.feed_desk, feed.id)
    assert admin.get("/feeds").json["items"][0]["behind"] == 0


@pytest.mark.parametrize("entry", ["4", "0", "99999999999"])
def test_only_the_refused_entry_is_left_out(front: Front, admin: Caller, feed: Feed, entry: str) -> None:
    """Any other number is a conflict and leaves everything as it was."""
    with front.parts.store.write() as tx:
        settle(tx, front.parts.ledger, feed, [3], Answer(fault="It answered 400.", refused=True))
    assert admin.post(f"/feeds/{feed.id}/skip/{entry}").status_code == 409
    assert admin.get("/feeds").json["items"][0]["refused_entry"] == 3
    assert admin.post(f"/feeds/{feed.id}/skip/3").json["refused_entry"] is None
    (gap,) = admin.get("/feeds").json["left_out"]
    assert (gap["feed"], gap["entry"], gap["by"]) == (feed.id, 3, front.clinic.admin.id)


def test_nobody_else(front: Front, feed: Feed) -> None:
    """Reviewers and clinicians are refused."""
    for member in (front.clinic.reviewer, front.clinic.clinician):
        assert by_session(front, member).get("/feeds").status_code == 403
