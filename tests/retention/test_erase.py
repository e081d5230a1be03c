from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from broker.access.decide import Verdict, decide
from broker.access.grant import Grant
from broker.access.tables import reviews
from broker.clock import SettableClock
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.verify import verify
from broker.notes.note import NoteKind
from broker.notes.tables import notes
from broker.policy.keeping import KeepingRules
from broker.retention.erase import BATCH, due_count, erase_due
from broker.retention.examine import examine_retention
from broker.retention.hold import place_hold, release_hold
from broker.retention.thing import Thing, ThingKind
from broker.review.against_ledger.check import check_rows
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from broker.review.story.timeline import read_story
from broker.sites.finding import Finding
from tests.fakes.past import Past
from tests.retention.conftest import KEPT


def left(past: Past) -> int:
    with past.store.read() as reader:
        readable = select(func.count()).select_from(notes).where(notes.c.erased_at.is_(None))
        return int(reader.execute(readable).scalar_one())


def later(clock: SettableClock, by: timedelta = KEPT) -> None:
    clock.advance(seconds=by.total_seconds())


def reviewed(past: Past) -> Grant:
    """Glass broken, looked at, questionable: a holder's and a reviewer's note."""
    grant = past.ended(past.broken())
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.QUESTIONABLE, "no emergency seen")
    return grant


def test_nothing_goes_before_its_time_and_everything_after(past_anywhere: Past, clock: SettableClock) -> None:
    """To the second, and once: the second round finds nothing."""
    past = past_anywhere
    reviewed(past)
    assert left(past) == 2
    later(clock, KEPT - timedelta(seconds=61))
    assert erase_due(past.equipment) == 0
    later(clock, timedelta(seconds=61))
    assert (erase_due(past.equipment), erase_due(past.equipment), left(past)) == (2, 0, 0)


def test_each_erasure_is_an_entry_of_its_grant(past: Past, clock: SettableClock) -> None:
    """What, of which request and grant, and that policy wanted it; not a word of the text."""
    grant = reviewed(past)
    later(clock)
    erase_due(past.equipment)
    entries = past.entries("note.erased")
    assert {(each.actor, each.request, each.grant, each.subject) for each in entries} == {
        ("broker", grant.request_id, grant.id, past.clinician.id)
    }
    assert {each.facts["kind"] for each in entries} == {"request", "review"}
    assert {each.facts["because"] for each in entries} == {"retention"}


def test_the_ledger_is_whole_before_and_after(past: Past, clock: SettableClock) -> None:
    """No entry changes, the chain verifies, and the rows agree with it."""
    reviewed(past)
    with snapshot(past.store) as look:
        before = [entry.body for entry in look.entries()]
    later(clock)
    erase_due(past.equipment)
    with snapshot(past.store) as look:
        after = [entry.body for entry in look.entries()]
        assert verify(look.entries(), stored_head=look.head()).ok
    assert after[: len(before)] == before
    assert check_rows(past.store, past.notes).ok


def test_the_story_says_when_it_was_erased(past: Past, clock: SettableClock) -> None:
    """In the place of the text, and as a step of its own."""
    grant = reviewed(past)
    later(clock)
    erase_due(past.equipment)
    with past.store.read() as reader:
        story = read_story(reader, past.equipment.catalog, past.notes, grant.id)
    assert story.note.startswith("Erased on 2027-04-")
    assert story.review_note.startswith("Erased on 2027-04-")
    assert "The holder's note was erased" in [step.title for step in story.steps]
    assert "collapsed" not in str(story)


def test_without_a_time_in_the_policy_nothing_is_erased(past: Past, clock: SettableClock) -> None:
    """Whoever says nothing keeps everything."""
    reviewed(past)
    later(clock, KEPT * 10)
    object.__setattr__(past.equipment.catalog, "keeping", KeepingRules())
    assert erase_due(past.equipment) == 0
    assert left(past) == 2


def test_what_is_still_to_be_reviewed_stays(past: Past, clock: SettableClock) -> None:
    """Nobody can judge a reason that is gone; once signed, the next round takes it."""
    grant = past.ended(past.broken())
    later(clock)
    assert erase_due(past.equipment) == 0
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    assert erase_due(past.equipment) == 1


@pytest.mark.parametrize("kind", list(ThingKind))
def test_a_hold_keeps_everything_of_its_thing_and_nothing_else(
    past_anywhere: Past, clock: SettableClock, kind: ThingKind
) -> None:
    """Of the request, the grant, the patient or the person; released, it goes with the next round."""
    past = past_anywhere
    held = reviewed(past)
    other = past.ask(patient_ref="P-2002", entitlement="restricted-record", purpose="TREAT")
    with past.store.read() as reader:
        other_is = reader.execute(
            select(notes.c.id).where(notes.c.request_id == other.request.id)
        ).scalar_one()
    ids = {
        ThingKind.REQUEST: held.request_id,
        ThingKind.GRANT: held.id,
        ThingKind.PATIENT: held.patient_id,
        ThingKind.PERSON: past.clinician.id,
    }
    hold = place_hold(past.equipment, past.reviewer.person, Thing(kind, ids[kind]), "case 17")
    later(clock)
    # The clinician asked for both.
    assert erase_due(past.equipment) == (0 if kind is ThingKind.PERSON else 1)
    with past.store.read() as reader:
        gone = set(reader.execute(select(notes.c.id).where(notes.c.erased_at.is_not(None))).scalars())
        assert due_count(reader, KEPT) == (0, 3 if kind is ThingKind.PERSON else 2)
    assert gone == (set() if kind is ThingKind.PERSON else {other_is})
    release_hold(past.equipment, past.admin.person, hold.id, "case closed")
    assert left(past) == erase_due(past.equipment)


def test_a_hold_on_whoever_wrote_keeps_what_they_wrote(past: Past, clock: SettableClock) -> None:
    """An approver under suspicion: their comments stay, the holder's own note goes."""
    asked = past.ask().request
    with past.store.read() as reader:
        assert past.notes.note_of(reader, asked.id)
    decide(past.equipment, past.approver.person, asked.id, Verdict.DENY, "not on shift", past.approver.fresh)
    place_hold(past.equipment, past.admin.person, Thing(ThingKind.PERSON, past.approver.id), "case 18")
    later(clock)
    assert erase_due(past.equipment) == 1
    with past.store.read() as reader:
        (kept,) = past.notes.comments_on(reader, asked.id).values()
    assert (kept.about.kind, kept.text) == (NoteKind.COMMENT, "not on shift")


def test_two_holds_stand_each_for_itself(past: Past, clock: SettableClock) -> None:
    """Releasing one of two keeps everything kept."""
    grant = reviewed(past)
    one = place_hold(past.equipment, past.reviewer.person, Thing(ThingKind.GRANT, grant.id), "case 17")
    place_hold(past.equipment, past.admin.person, Thing(ThingKind.PATIENT, grant.patient_id), "case 18")
    release_hold(past.equipment, past.reviewer.person, one.id, "case closed")
    later(clock)
    assert erase_due(past.equipment) == 0


def test_many_go_in_batches(past: Past, clock: SettableClock) -> None:
    """More than one commit holds: all go, and those that are held do not stand in the way of those behind them."""
    first = past.ask().request
    place_hold(past.equipment, past.reviewer.person, Thing(ThingKind.REQUEST, first.id), "case 17")
    with past.store.write() as tx:
        row = tx.one_or_none(select(notes))
        assert row is not None
        copies = [
            {**row._mapping, "id": f"note_{each:04}", "request_id": f"req_{each}"}
            for each in range(BATCH + 5)
        ]
        tx.execute(notes.insert(), copies)
    later(clock)
    assert erase_due(past.equipment) == BATCH + 5
    assert left(past) == 1


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"erased_at": None}, "the ledger says that it was erased, and something of it is here"),
        ({"plain": "made up"}, "the ledger says that it was erased, and something of it is here"),
    ],
)
def test_an_erased_note_that_comes_back_is_named(
    past: Past, clock: SettableClock, edit: dict[str, object], said: str
) -> None:
    """Whoever restores a row from an old copy is found out."""
    past.ended(past.ordinary())
    with past.store.read() as reader:
        row = reader.one_or_none(select(notes.c.sealed, notes.c.wrapped))
    assert row is not None
    later(clock)
    erase_due(past.equipment)
    assert check_rows(past.store, past.notes).ok
    with past.store.write() as tx:
        tx.execute(update(notes).values(**{**row._mapping, **edit}))
    (found,) = check_rows(past.store, past.notes).disagreements
    assert said in found.words


def test_a_deadline_moved_in_the_database_erases_no_sooner_than_the_review(
    past: Past, clock: SettableClock
) -> None:
    """It is the signature that lets go, not the date."""
    past.ended(past.broken())
    with past.store.write() as tx:
        tx.execute(update(reviews).values(due_at=tx.at))
    later(clock)
    assert erase_due(past.equipment) == 0


def test_a_chore_that_stopped_is_noticed(past: Past, clock: SettableClock) -> None:
    """Due since today is no fault, since more than a day is; what a hold keeps never is."""
    grant = reviewed(past)

    def found() -> Finding:
        with past.store.read() as reader:
            return examine_retention(reader, KEPT)

    later(clock)
    assert found().good
    later(clock, timedelta(days=1))
    assert not found().good
    assert found().words.startswith("2 notes should have been erased")
    hold = place_hold(past.equipment, past.reviewer.person, Thing(ThingKind.GRANT, grant.id), "case 17")
    assert found() == Finding(
        True, "Notes are erased after 400 days, but for 2 that a hold or an open review keeps."
    )
    release_hold(past.equipment, past.reviewer.person, hold.id, "closed")
    erase_due(past.equipment)
    assert found().good
    with past.store.read() as reader:
        assert examine_retention(reader, None).good
