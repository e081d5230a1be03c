"""What sites saw, in a grant's story and in the history of a site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.policy.catalog import Repair, SiteRules
from broker.review.against_ledger.check import check_rows
from broker.review.history.outside_changes import outside_changes
from broker.review.story.timeline import MOST_SEEN, Step, read_story
from broker.revocation.reconcile.one_site import reconcile_site
from tests.fakes.past import Past


def look(past: Past) -> None:
    past.clock.advance(seconds=31)
    reconcile_site(past.equipment, "clinic")


def steps(past: Past, grant_id: str) -> list[Step]:
    with past.store.read() as reader:
        return list(read_story(reader, past.equipment.catalog, past.notes, grant_id).steps)


@pytest.mark.parametrize(
    ("kind", "title", "how"),
    [
        ("opened", "Opened post 12 on The clinic", "done"),
        ("listed", "Looked through a list of post 12 on The clinic", "done"),
        ("changed", "Changed post 12 on The clinic", "done"),
        ("noted", "Added a note to post 12 on The clinic", "done"),
        ("denied", "Was refused post 12 on The clinic", "stop"),
        ("signed_in", "Signed in to The clinic", "done"),
        ("something_new", "The clinic saw: something new", "done"),
    ],
)
def test_a_grants_story_tells_what_the_site_saw(past: Past, kind: str, title: str, how: str) -> None:
    """Each thing with its object, its way and the site's own time; a kind from a later companion is not left out."""
    grant = past.on_site()
    past.site.happen(kind, "dr-on-call", grant.id, object="post 12", route="edit.php", count="3")
    look(past)
    step = next(each for each in steps(past, grant.id) if each.title == title)
    assert step.kind == how
    assert step.text.startswith("By edit.php. 3 rows. Seen by the site at 2026-03-01 12:")


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("revocation", "It was told to."),
        ("time", "Its time was over."),
        ("containment", "An order about the"),
    ],
)
def test_why_the_site_ended_it_is_told(past: Past, by: str, said: str) -> None:
    """Told by the broker, by its own clock, or by an order about the account."""
    grant = past.on_site()
    past.site.happen("lease_ended", "dr-on-call", grant.id, by=by)
    look(past)
    step = next(each for each in steps(past, grant.id) if each.title == "The clinic ended it")
    assert step.text.startswith(said)


def test_what_was_opened_is_written_as_people_write_it(past: Past) -> None:
    """The site's name for a kind of post is no word; the lease's own numbers are told elsewhere."""
    grant = past.on_site()
    past.site.happen("opened", "dr-on-call", grant.id, object="telehealth_note 4")
    past.site.happen("lease_applied", "dr-on-call", grant.id, expires_at="1795350366", version="1")
    look(past)
    told = {each.title: each.text for each in steps(past, grant.id)}
    assert "Opened telehealth note 4 on The clinic" in told
    assert "1795350366" not in told["The clinic began to let dr-on-call in"]


def test_a_story_stays_readable(past: Past) -> None:
    """Of thousands of things the first are told, and how many more there are."""
    grant = past.on_site()
    for number in range(MOST_SEEN + 5):
        past.site.happen("opened", "dr-on-call", grant.id, object=f"post {number}")
    look(past)
    told = [each.title for each in steps(past, grant.id)]
    assert len([title for title in told if title.startswith("Opened post")]) == MOST_SEEN
    assert "The site saw 5 more things" in told


def test_what_differed_is_part_of_the_story(past: Past) -> None:
    """That a lease was lost and sent again belongs to the grant."""
    rules = SiteRules(repair=frozenset({Repair.MISSING}))
    catalog = replace(past.equipment.catalog, sites={"clinic": rules})
    past.equipment = replace(past.equipment, catalog=catalog)
    grant = past.on_site()
    past.clock.advance(seconds=1)
    past.site.leases.clear()
    look(past)
    told = [(each.title, each.kind) for each in steps(past, grant.id)]
    assert ("The clinic differed from what was granted", "stop") in told
    assert ("The clinic was put right", "done") in told


def test_what_a_site_tells_makes_no_row_untrue(past: Past) -> None:
    """The rows are held against the ledger as before, whatever a site says under a grant."""
    grant = past.on_site()
    for kind in ("opened", "lease_ended", "revoked", "active"):
        past.site.happen(kind, "dr-on-call", grant.id)
    look(past)
    past.ended(grant)
    assert check_rows(past.store).ok


def test_changes_past_the_broker_are_listed_newest_first(past: Past) -> None:
    """What, on which object, by whom, and how; without patients' accounts there is nothing private in it."""
    past.site.happen("plugin_switched", "root", what="plugin", name="seo", to="on")
    past.site.happen(
        "role_changed", "", object="user 12", subject="mallory", to="administrator", by="command line"
    )
    look(past)
    with past.store.read() as reader:
        changes = outside_changes(reader, past.equipment.catalog, "clinic")
        assert outside_changes(reader, past.equipment.catalog, "elsewhere") == ()
    assert [(each.title, each.text) for each in changes] == [
        (
            "A role was changed on The clinic",
            "user 12. by: command line. subject: mallory. to: administrator.",
        ),
        (
            "A plugin or theme was switched, installed or removed on The clinic",
            "By root. name: seo. to: on. what: plugin.",
        ),
    ]
