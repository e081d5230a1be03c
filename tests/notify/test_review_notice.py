"""Who is told what of reviews, and that nobody learns more than they must."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.identity.people import Role, set_roles
from broker.ledger.chain import Ledger
from broker.notify.observer import MailQueue
from broker.notify.tables import outbox
from broker.policy.load import load_catalog
from broker.review.queue.assign import assign, release_who_left
from broker.review.queue.outcome import Outcome
from broker.review.queue.reopen import ask_second_opinion, reopen
from broker.review.queue.sign_off import sign
from broker.store import Store
from tests.fakes.clinic import POLICIES, Member
from tests.fakes.past import Past


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    return Past(store, clock, ledger=Ledger([MailQueue(load_catalog(POLICIES), "https://broker.example")]))


@pytest.fixture
def other(past: Past) -> Member:
    return past.join("second-reviewer", Role.REVIEWER)


def told(past: Past, event: str) -> dict[str, tuple[str, str]]:
    """Subject and text by who got it."""
    with past.store.read() as reader:
        rows = reader.all(select(outbox).where(outbox.c.event == event).order_by(outbox.c.ledger_seq))
    return {row.address.partition("@")[0]: (row.subject, row.body_text) for row in rows}


def test_who_is_asked_is_told_and_who_took_it_is_not(past: Past, other: Member) -> None:
    """With who asks, the deadline and the way to it."""
    grant = past.broken()
    assign(past.equipment, past.reviewer.person, grant.id, past.reviewer.id)
    assert told(past, "review.assigned") == {}
    assign(past.equipment, past.reviewer.person, grant.id, other.id)
    ((subject, text),) = told(past, "review.assigned").values()
    assert subject.startswith("Yours to review: clinician")
    assert "reviewer asks you to review" in text
    assert f"https://broker.example/reviews/{grant.id}" in text


def test_all_are_told_when_its_reviewer_left(past: Past, other: Member) -> None:
    """Somebody has to take it."""
    grant = past.broken()
    assign(past.equipment, past.reviewer.person, grant.id, other.id)
    with past.store.write() as tx:
        set_roles(tx, past.ledger, other.id, {Role.CLINICIAN}, actor=past.admin.id)
    release_who_left(past.equipment)
    assert "Nobody in particular reviews" in told(past, "review.assigned")["reviewer"][1]


def test_a_second_opinion_is_asked_of_the_others(past: Past, other: Member) -> None:
    """Not of who gave the first, not of the holder; what was found stands in no mail."""
    grant = past.broken()
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.MISUSE, "no emergency")
    letters = told(past, "review.first_opinion")
    assert set(letters) == {"second-reviewer"}
    assert "misuse" not in str(letters).lower()
    sign(past.equipment, other.person, grant.id, Outcome.APPROPRIATE)
    reopen(past.equipment, other.person, grant.id, "they differ")
    assert set(told(past, "review.reopened")) == {"reviewer"}
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    ask_second_opinion(past.equipment, past.reviewer.person, grant.id, "please look")
    assert set(told(past, "review.second_asked")) == {"second-reviewer"}
    assert "they differ" not in str(told(past, "review.reopened"))


def test_a_stated_danger_is_told_to_reviewers_and_administrators(past: Past) -> None:
    """At once, with when it is due, and not with what was stated."""
    past.broken()
    past.clock.advance(hours=25)
    past.break_glass(danger="bleeding, allergies unknown")
    letters = told(past, "review.block_overridden")
    assert set(letters) == {"reviewer", "admin"}
    assert "bleeding" not in str(letters)
    assert "sooner than others" in letters["admin"][1]
