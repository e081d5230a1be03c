from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from broker.access.grant import Grant
from broker.access.tables import reviews
from broker.errors import Conflict, Invalid, Refused
from broker.identity.people import Role
from broker.notes.note import NoteKind
from broker.review.against_ledger.check import check_rows
from broker.review.queue.open_reviews import Which, count_open, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import Review, ReviewState, review_of
from broker.review.queue.reopen import ask_second_opinion, reopen
from broker.review.queue.sign_off import sign
from tests.fakes.clinic import Member
from tests.fakes.past import Past


@pytest.fixture
def other(past: Past) -> Member:
    return past.join("second-reviewer", Role.REVIEWER)


def opinion(past: Past, by: Member, grant: Grant, outcome: Outcome, **more: object) -> Review:
    return sign(past.equipment, by.person, grant.id, outcome, "seen in the chart", **more)  # type: ignore[arg-type]


def test_misuse_is_not_found_by_one_alone(past: Past, other: Member) -> None:
    """It stays open for a second opinion, which may agree; both names and notes are kept."""
    grant = past.broken()
    first = opinion(past, past.reviewer, grant, Outcome.MISUSE)
    assert (first.state, first.outcome, first.first_outcome) == (
        ReviewState.SECOND,
        None,
        Outcome.MISUSE,
    )
    second = opinion(past, other, grant, Outcome.MISUSE)
    assert (second.state, second.outcome, second.signed_by) == (
        ReviewState.SIGNED,
        Outcome.MISUSE,
        other.id,
    )
    assert (second.first_by, second.is_disputed) == (past.reviewer.id, False)
    with past.store.read() as reader:
        for kind, author in ((NoteKind.REVIEW, past.reviewer), (NoteKind.OPINION, other)):
            notes = past.notes.on_grant(reader, grant.id, kind)
            assert [note.about.author_id for note in notes] == [author.id]
    assert [entry.facts["agrees"] for entry in past.entries("review.signed")] == [True]


def test_two_who_differ_are_both_kept(past: Past, other: Member) -> None:
    """The second finding stands, and the review says that it is disputed."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.MISUSE)
    review = opinion(past, other, grant, Outcome.APPROPRIATE)
    assert (review.first_outcome, review.outcome, review.is_disputed) == (
        Outcome.MISUSE,
        Outcome.APPROPRIATE,
        True,
    )
    assert past.entries("review.signed")[0].facts["agrees"] is False


def test_nobody_seconds_themselves(past: Past) -> None:
    """Whoever gave the first opinion is refused, and sees why in the list."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.MISUSE)
    with pytest.raises(Refused, match="first opinion"):
        opinion(past, past.reviewer, grant, Outcome.MISUSE)
    with past.store.read() as reader:
        listed = open_reviews(
            reader, past.equipment.catalog, past.notes, past.reviewer.person, which=Which.SECOND
        )
        assert ["first opinion" in each.hindrance for each in listed] == [True]


def test_a_reviewer_may_ask_for_one_when_signing(past: Past, other: Member) -> None:
    """Whatever they found; the one who is asked has the time policy gives, and not less than there was."""
    grant = past.broken()
    review = opinion(past, past.reviewer, grant, Outcome.APPROPRIATE, ask_another=True)
    assert review.state is ReviewState.SECOND
    assert review.due_at == past.clock.now() + timedelta(days=3)
    assert opinion(past, other, grant, Outcome.APPROPRIATE).state is ReviewState.SIGNED


def test_a_form_made_for_the_first_opinion_gives_no_second_one(past: Past, other: Member) -> None:
    """Who looked before somebody else found misuse is told, and looks again."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.MISUSE)
    with pytest.raises(Conflict, match="moved on"):
        opinion(past, other, grant, Outcome.APPROPRIATE, turn=0)
    assert opinion(past, other, grant, Outcome.APPROPRIATE, turn=1).state is ReviewState.SIGNED


def test_what_was_signed_can_be_opened_again(past: Past, other: Member) -> None:
    """With a reason and a new deadline; the earlier finding stays in the ledger, and the block is back when it passes."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.APPROPRIATE)
    past.clock.advance(hours=30)
    review = reopen(past.equipment, other.person, grant.id, "the chart says otherwise")
    assert (review.state, review.outcome, review.signed_by) == (ReviewState.OPEN, None, None)
    assert review.due_at == past.clock.now() + timedelta(days=3)
    entry = past.entries("review.reopened")[0]
    assert (entry.actor, entry.facts["earlier"]) == (other.id, "appropriate")
    assert "chart" not in str(entry.facts)
    assert past.broken()
    past.clock.advance(hours=73)
    with pytest.raises(Refused):
        past.break_glass()


def test_a_second_opinion_can_be_asked_for_later(past: Past, other: Member) -> None:
    """On a review that is signed; not on one that two have looked at already."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.QUESTIONABLE)
    review = ask_second_opinion(past.equipment, other.person, grant.id, "please look as well")
    assert (review.state, review.first_by, review.signed_by) == (
        ReviewState.SECOND,
        past.reviewer.id,
        None,
    )
    opinion(past, other, grant, Outcome.QUESTIONABLE)
    with pytest.raises(Conflict, match="Two reviewers"):
        ask_second_opinion(past.equipment, other.person, grant.id, "and again")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "it was on 01.02.1950"])
def test_a_reason_is_needed(past: Past, reason: str) -> None:
    """And names nobody."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.APPROPRIATE)
    for verb in (reopen, ask_second_opinion):
        with pytest.raises(Invalid) as invalid:
            verb(past.equipment, past.reviewer.person, grant.id, reason)
        assert set(invalid.value.faults) == {"reason"}


def test_only_reviewers_who_did_not_hold_it_open_again(past: Past) -> None:
    """Not the clinician whose access it was, nor anybody without the role."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.APPROPRIATE)
    for who in (past.clinician, past.approver, past.admin):
        with pytest.raises(Refused):
            reopen(past.equipment, who.person, grant.id, "look again")


def test_what_is_open_is_not_opened_again(past: Past) -> None:
    """Neither before it is signed nor twice."""
    grant = past.broken()
    with pytest.raises(Conflict):
        reopen(past.equipment, past.reviewer.person, grant.id, "look again")


def test_drill_says_which(past: Past) -> None:
    """Nobody makes an access a drill in passing."""
    grant = past.broken()
    with pytest.raises(Invalid):
        sign(past.equipment, past.reviewer.person, grant.id, Outcome.DRILL)
    assert opinion(past, past.reviewer, grant, Outcome.DRILL).outcome is Outcome.DRILL


def test_two_who_sign_at_once_sign_once(past: Past, other: Member) -> None:
    """One signs, the other is told; the ledger has one entry."""
    grant, both, told = past.broken(), Barrier(2), []

    def act(who: Member) -> None:
        both.wait()
        try:
            told.append(str(opinion(past, who, grant, Outcome.APPROPRIATE).state))
        except Conflict:
            told.append("conflict")

    threads = [Thread(target=act, args=(who,)) for who in (past.reviewer, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["conflict", "signed"]
    assert len(past.entries("review.signed")) == 1


def test_signing_races_opening_again_without_losing_either(past: Past, other: Member) -> None:
    """Whatever comes first, what the row says is what the ledger says."""
    grant, both = past.broken(), Barrier(2)
    opinion(past, past.reviewer, grant, Outcome.APPROPRIATE)

    def act(verb: object) -> None:
        both.wait()
        with suppress(Conflict):
            verb()  # type: ignore[operator]

    acts = (
        lambda: reopen(past.equipment, other.person, grant.id, "look again"),
        lambda: opinion(past, other, grant, Outcome.QUESTIONABLE),
    )
    threads = [Thread(target=act, args=(each,)) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with past.store.read() as reader:
        review = review_of(reader, grant.id)
    assert review is not None
    assert (review.state is ReviewState.OPEN) == (len(past.entries("review.signed")) == 1)
    assert check_rows(past.store, past.notes).ok


def test_the_rows_say_what_the_ledger_says_at_every_step(past: Past, other: Member) -> None:
    """Nothing the verbs do looks like an edit by hand."""
    grant = past.broken()
    steps = (
        lambda: opinion(past, past.reviewer, grant, Outcome.MISUSE),
        lambda: opinion(past, other, grant, Outcome.QUESTIONABLE),
        lambda: reopen(past.equipment, past.reviewer.person, grant.id, "they differ"),
        lambda: opinion(past, past.reviewer, grant, Outcome.APPROPRIATE),
        lambda: ask_second_opinion(past.equipment, other.person, grant.id, "once more"),
        lambda: opinion(past, other, grant, Outcome.APPROPRIATE),
    )
    for step in steps:
        step()
        assert check_rows(past.store, past.notes).disagreements == ()


def test_a_second_opinion_still_counts_as_open(past: Past) -> None:
    """It is in the list and in its count until somebody gives it, and an overdue one blocks."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.MISUSE)
    with past.store.read() as reader:
        assert [count_open(reader), count_open(reader, Which.SECOND)] == [1, 1]
    assert past.broken()
    past.clock.advance(hours=73)
    with pytest.raises(Refused):
        past.break_glass()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "signed"),
        ("turn", 7),
        ("due_at", datetime(2030, 1, 1, tzinfo=UTC)),
        ("first_outcome", "appropriate"),
        ("first_by", "person_somebody"),
        ("assigned_to", "person_somebody"),
        ("outcome", "appropriate"),
        ("signed_by", "person_somebody"),
        ("signed_at", datetime(2026, 3, 1, tzinfo=UTC)),
        ("holder_id", "person_somebody"),
    ],
)
def test_a_column_edited_by_hand_is_noticed(past: Past, column: str, value: object) -> None:
    """Whichever of them says otherwise than the ledger while a second opinion is waited for."""
    grant = past.broken()
    opinion(past, past.reviewer, grant, Outcome.MISUSE)
    with past.store.write() as tx:
        tx.execute(update(reviews).where(reviews.c.grant_id == grant.id).values({column: value}))
    found = check_rows(past.store, past.notes).disagreements
    assert [(each.table, column in each.words) for each in found] == [("reviews", True)]
