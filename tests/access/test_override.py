from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from broker.access.break_glass import break_glass_instead
from broker.access.override import Blocked
from broker.access.request import get_request
from broker.access.tables import access_requests
from broker.clock import SettableClock
from broker.errors import Invalid, Refused
from broker.notes.note import NoteKind
from broker.policy.decision import Path
from broker.review.against_ledger.check import check_rows
from broker.review.queue.owed import get_review
from broker.store import Store
from tests.fakes.past import Past

DANGER = "bleeding, allergies unknown"


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    """A clinician whose break-glass of the day before nobody has reviewed."""
    past = Past(store, clock)
    past.broken()
    past.clock.advance(hours=25)
    return past


def test_an_overdue_review_blocks_and_says_how_to_go_on(past: Past) -> None:
    """The refusal is one a stated danger leads past; nothing was granted."""
    with pytest.raises(Blocked) as blocked:
        past.break_glass()
    assert "how" in blocked.value.help
    assert past.events()[-1] == "request.refused"


def test_a_stated_danger_leads_past(past: Past) -> None:
    """Granted at once, louder, with a review due sooner, and the words are kept apart from the ledger."""
    asked = past.break_glass(danger=f" {DANGER} ")
    assert asked.grant is not None
    assert asked.request.overrides_block
    (entry,) = past.entries("review.block_overridden")
    assert (entry.actor, entry.request, entry.facts["overdue"]) == (past.clinician.id, asked.request.id, 1)
    assert "bleeding" not in str(entry.facts)
    with past.store.read() as reader:
        review = get_review(reader, asked.grant.id)
        assert review.due_at == asked.grant.issued_at + timedelta(hours=4)
        said = past.notes.on_request(reader, asked.request.id)
        assert [each.text for each in said if each.about.kind is NoteKind.OVERRIDE] == [DANGER]
        assert get_request(reader, asked.request.id).overrides_block
    assert check_rows(past.store, past.notes).disagreements == ()


def test_a_danger_nobody_had_to_state_changes_nothing(past: Past) -> None:
    """Without a block there is nothing to pass, and the review is due as always."""
    other = past.join("other-clinician", *past.clinician.person.roles)
    past.clinician = other
    asked = past.break_glass(danger=DANGER)
    assert asked.grant is not None
    assert not asked.request.overrides_block
    assert past.entries("review.block_overridden") == []


@pytest.mark.parametrize(
    ("danger", "words"), [("help", "few words"), ("x" * 501, "Shorten"), ("born 1.2.1950, dying", "date")]
)
def test_a_danger_says_something_and_names_nobody(past: Past, danger: str, words: str) -> None:
    """The field is marked, and nothing happened."""
    before = past.events()
    with pytest.raises(Invalid) as invalid:
        past.break_glass(danger=danger)
    assert words in invalid.value.faults["danger"]
    assert past.events() == before


def test_only_the_glass_is_broken_by_a_danger(past: Past) -> None:
    """No other way without an approver is opened by it."""
    offered = past.equipment.catalog.entitlements["telehealth-recording"]
    free = replace(offered, approvals=replace(offered.approvals, needed=0), review_within=timedelta(hours=1))
    catalog = replace(past.equipment.catalog, entitlements={free.id: free})
    past.equipment = replace(past.equipment, catalog=catalog)
    with pytest.raises(Refused):
        past.ask(danger=DANGER, path=Path.ORDINARY)


def test_policy_may_forbid_it(past: Past) -> None:
    """Then the block holds whatever is stated, and is no block one is told to talk past."""
    rules = replace(past.equipment.catalog.reviews, override_within=None)
    past.equipment = replace(past.equipment, catalog=replace(past.equipment.catalog, reviews=rules))
    with pytest.raises(Refused) as refused:
        past.break_glass(danger=DANGER)
    assert not isinstance(refused.value, Blocked)


def test_an_unanswered_request_may_be_turned_with_a_danger(past: Past) -> None:
    """From the page of a request nobody answers, as from the form."""
    waiting = past.ask().request
    past.clock.advance(minutes=6)
    with pytest.raises(Blocked):
        break_glass_instead(past.equipment, past.clinician.person, waiting.id, past.clinician.code())
    turned = break_glass_instead(
        past.equipment, past.clinician.person, waiting.id, past.clinician.code(), danger=DANGER
    )
    assert turned.grant is not None
    assert turned.request.overrides_block
    assert past.events().count("review.block_overridden") == 1


def test_an_override_written_into_a_row_by_hand_is_noticed(past: Past) -> None:
    """The ledger does not say that it was overridden."""
    with past.store.write() as tx:
        tx.execute(update(access_requests).values(overrides_block=True))
    assert "overrides_block" in str(check_rows(past.store, past.notes).disagreements[0])


def test_the_override_is_reviewed_like_any_other(past: Past) -> None:
    """Overdue again, it blocks again; each override is another entry."""
    past.break_glass(danger=DANGER)
    past.clock.advance(hours=5)
    with pytest.raises(Blocked):
        past.break_glass()
    past.break_glass(danger=DANGER)
    assert [entry.facts["overdue"] for entry in past.entries("review.block_overridden")] == [1, 2]
