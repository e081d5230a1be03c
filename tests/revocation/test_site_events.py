"""What a site saw stands in the ledger, proven and once; a chain that does not fit is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.adapters.port import SiteEvent
from broker.revocation.reconcile.one_site import repair_drift
from broker.revocation.site_events.pull import pull_events, pull_where_live
from broker.sites.register import get_site
from broker.sites.watch import watch_of
from tests.revocation.watched import Watched


def pull(watched: Watched) -> int:
    with watched.store.read() as reader:
        site = get_site(reader, "clinic")
    return pull_events(watched.equipment, site, watched.site)


def place(watched: Watched) -> tuple[int, str]:
    with watched.store.read() as reader:
        watch = watch_of(reader, "clinic")
    return watch.event_seq, watch.event_hash


def test_what_a_holder_did_is_told_under_their_grant(watched: Watched) -> None:
    """Who, what, when, under which grant; the holder is the person whose account it is."""
    grant = watched.granted()
    watched.site.happen("opened", "dr-on-call", grant.id, object="post 12", route="edit.php")
    watched.look()
    (told,) = watched.told("site.event")
    entry = told.entry
    assert (entry.actor, entry.grant, entry.subject) == ("site:clinic", grant.id, watched.clinician.id)
    assert (entry.facts["kind"], entry.facts["facts"]) == (
        "opened",
        {"object": "post 12", "route": "edit.php"},
    )
    assert entry.facts["seen_at"] == "2026-03-01T12:00:31.000000Z"
    assert place(watched) == (1, watched.site.happened[-1].hash)


def test_each_event_is_written_once(watched: Watched) -> None:
    """However often it is asked, and however many pages it takes."""
    for number in range(1203):
        watched.site.happen("listed", "dr-on-call", object=f"post {number}")
    assert pull(watched) == 1203
    assert pull(watched) == 0
    assert [entry.entry.facts["seq"] for entry in watched.told("site.event")] == list(range(1, 1204))


def test_whoever_is_second_writes_nothing(watched: Watched) -> None:
    """Two processes pull the same page: the place in the chain decides, and it moves once."""
    watched.site.happen("listed", "dr-on-call")

    class Twice:
        def events(self, after: int):
            page = watched.site.events(after)
            if not watched.told("site.event"):
                assert pull(watched) == 1
            return page

    with watched.store.read() as reader:
        site = get_site(reader, "clinic")
    assert pull_events(watched.equipment, site, Twice()) == 0
    assert len(watched.told("site.event")) == 1


def test_a_grant_the_site_made_up_is_no_grant(watched: Watched) -> None:
    """A site tells what it saw; whose access it was is looked up here."""
    watched.site.happen("opened", "root", "grant_of_another_site", object="post 1")
    watched.look()
    entry = watched.told("site.event")[0].entry
    assert (entry.grant, entry.subject, entry.facts["under"]) == (None, None, "grant_of_another_site")


def test_what_was_done_past_the_broker_is_a_change_and_one_notice(watched: Watched) -> None:
    """Roles raised and people made are changes; administrators get one mail for all of them."""
    watched.site.happen("role_changed", "", object="user 12", subject="mallory", to="administrator")
    watched.site.happen("user_created", "mallory2")
    watched.site.happen("password_changed", "nurse", object="user 3", subject="nurse", by="self")
    watched.site.happen("user_created", "", object="user 99")  # a customer, whom the site does not name
    watched.look()
    assert [each.entry.facts["kind"] for each in watched.told("site.changed")] == [
        "role_changed",
        "user_created",
        "password_changed",
        "user_created",
    ]
    (notice,) = watched.told("site.changes_noticed")
    assert (notice.entry.facts["kinds"], notice.entry.facts["count"]) == (["role_changed", "user_created"], 2)


def test_long_or_many_facts_fit_into_the_ledger(watched: Watched) -> None:
    """A site cannot stop its own events from being written by making them long."""
    facts = {f"fact_{number}": "x" * 190 for number in range(19)}
    watched.site.happen("opened", "dr-on-call" * 10, **facts)
    watched.look()
    assert len(watched.told("site.event")) == 1


def tampered(watched: Watched, how: str) -> None:
    events = watched.site.happened
    if how == "edited":
        events[3] = replace(events[3], body=events[3].body.replace("listed", "denied"))
    elif how == "left out":
        del events[3]
    elif how == "shortened":
        del events[1:]
    elif how == "rewritten":
        events[:] = [SiteEvent(each.seq, each.body, "a" * 64) for each in events[:2]]


@pytest.mark.parametrize("how", ["edited", "left out", "shortened", "rewritten"])
def test_a_chain_that_does_not_fit_is_told_and_gone_on_from(watched: Watched, how: str) -> None:
    """What is proven is kept, the break is an alarm, and events after it are read again."""
    watched.site.happen("listed", "dr-on-call")
    watched.site.happen("listed", "dr-on-call")
    watched.look()
    for _ in range(3):
        watched.site.happen("listed", "dr-on-call")
    tampered(watched, how)
    watched.look()
    assert watched.kinds() == ["events_broken"]
    (told,) = watched.told("site.events_broken")
    assert told.entry.facts["known_seq"] == 2
    assert len(watched.told("site.event")) == (3 if how in {"edited", "left out"} else 2)
    assert place(watched) == (watched.site.happened[-1].seq, watched.site.happened[-1].hash)
    watched.look()
    assert watched.kinds() == ["events_broken"]
    assert len(watched.told("site.events_broken")) == 1
    (drift,) = watched.drifts()
    assert repair_drift(watched.equipment, drift.id, actor=watched.admin.id) is None
    assert watched.told("drift.repaired")[0].entry.actor == watched.admin.id


def test_where_somebody_is_in_events_are_pulled_more_often(watched: Watched) -> None:
    """Between two turns of the site, as long as access is live; a silent site is nothing to fall over."""
    grant = watched.granted()
    watched.site.happen("opened", "dr-on-call", grant.id, object="post 1")
    assert pull_where_live(watched.equipment) == 1
    watched.site.fault = "down"
    assert pull_where_live(watched.equipment) == 0
    watched.site.fault = ""
    watched.ended(grant)
    watched.site.happen("opened", "dr-on-call", grant.id, object="post 1")
    assert pull_where_live(watched.equipment) == 0


def test_nothing_a_site_tells_upsets_the_ledger(watched: Watched) -> None:
    """Whatever stands in an event, the chain of the ledger stays whole."""
    watched.site.happen("opened", "r\u00f6ntgen \U0001f600 \x00", "", object="\r\n\x1b[31m")
    watched.look()
    assert len(watched.told("site.event")) == 1
