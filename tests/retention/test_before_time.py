from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text, update

from broker.errors import Conflict, NotFound, Refused, Unavailable
from broker.identity.people import Person, Role
from broker.ledger.tables import ledger_head
from broker.ledger.triggers import unguard_statements
from broker.notes.note import text_of
from broker.retention.before_time import (
    MOVES,
    Erasure,
    ErasureState,
    ask_erasure,
    confirm_erasure,
    list_erasures,
    refuse_erasure,
)
from broker.retention.hold import place_hold
from broker.retention.tables import erasures
from broker.retention.thing import Thing, ThingKind
from broker.review.against_ledger.check import check_rows
from tests.fakes.past import Past


def asked(past: Past) -> Erasure:
    thing = Thing(ThingKind.PATIENT, past.patient.id)
    return ask_erasure(past.equipment, past.reviewer.person, thing, "request 5 of a patient")


def test_two_people_erase_and_both_are_named(past: Past) -> None:
    """One asks, another confirms; every note of the patient goes at once and the ledger agrees."""
    grant = past.ended(past.ordinary())
    erasure = asked(past)
    with past.store.read() as reader:
        assert text_of(past.notes.note_of(reader, grant.request_id))
    done = confirm_erasure(past.equipment, past.admin.person, erasure.id)
    assert (done.state, done.erased, done.held) == ("done", 1, 0)
    with past.store.read() as reader:
        assert not text_of(past.notes.note_of(reader, grant.request_id))
    (entry,) = past.entries("note.erased")
    assert (entry.actor, entry.facts["because"]) == (past.admin.id, erasure.id)
    assert past.events()[-3:] == ["erasure.asked", "note.erased", "erasure.done"]
    assert check_rows(past.store, past.notes).ok


def test_nobody_confirms_what_they_asked_for(past: Past) -> None:
    """Whatever other roles they hold; nor does anybody who is neither reviewer nor administrator."""
    erasure = asked(past)
    for member in (past.reviewer, past.clinician, past.approver):
        with pytest.raises(Refused):
            confirm_erasure(past.equipment, member.person, erasure.id)
    disabled = replace(past.admin.person, disabled=True)
    with pytest.raises(Refused):
        confirm_erasure(past.equipment, disabled, erasure.id)
    assert "note.erased" not in past.events()


def test_only_a_reviewer_asks(past: Past) -> None:
    """A clinician cannot start to cover a track."""
    with pytest.raises(Refused):
        ask_erasure(past.equipment, past.clinician.person, Thing(ThingKind.PERSON, past.clinician.id), "mine")


def test_a_hold_and_an_open_review_are_stronger(past: Past) -> None:
    """What they keep stays, and is counted."""
    held, free, open_ = past.ended(past.ordinary()), past.ended(past.ordinary()), past.ended(past.broken())
    place_hold(past.equipment, past.admin.person, Thing(ThingKind.GRANT, held.id), "case 17")
    done = confirm_erasure(past.equipment, past.admin.person, asked(past).id)
    assert (done.erased, done.held) == (1, 2)
    with past.store.read() as reader:
        texts = [text_of(past.notes.note_of(reader, each.request_id)) for each in (held, free, open_)]
    assert [bool(each) for each in texts] == [True, False, True]


@pytest.mark.parametrize(("state", "act"), list(itertools.product(ErasureState, ["confirm", "refuse"])))
def test_what_is_settled_is_not_settled_again(past: Past, state: ErasureState, act: str) -> None:
    """Every state and every act: only what was asked for moves, and each move is in the table."""
    grant = past.ended(past.ordinary())
    erasure = asked(past)
    with past.store.write() as tx:
        tx.execute(update(erasures).values(state=state.value))
    verb = {"confirm": confirm_erasure, "refuse": refuse_erasure}[act]
    person = {"confirm": past.admin, "refuse": past.reviewer}[act].person
    to = {"confirm": ErasureState.DONE, "refuse": ErasureState.REFUSED}[act]
    if to in MOVES[state]:
        assert verb(past.equipment, person, erasure.id).state is to
    else:
        before = past.events()
        with pytest.raises(Conflict):
            verb(past.equipment, person, erasure.id)
        assert past.events() == before
        with past.store.read() as reader:
            assert text_of(past.notes.note_of(reader, grant.request_id))


def test_what_waits_stands_first_in_the_list(past: Past) -> None:
    """Then what was settled, the newest first; an unknown one is said to be unknown."""
    first = refuse_erasure(past.equipment, past.reviewer.person, asked(past).id)
    second = asked(past)
    with past.store.read() as reader:
        assert list_erasures(reader) == [second, first]
    with pytest.raises(NotFound):
        confirm_erasure(past.equipment, past.admin.person, "erasure_x")


def test_of_two_who_confirm_at_once_one_is_told(past_anywhere: Past) -> None:
    """Each note is erased once, and one entry says that it is done."""
    past = past_anywhere
    past.ended(past.ordinary())
    erasure, third = asked(past), past.join("third", Role.REVIEWER)

    def confirm(person: Person) -> str:
        try:
            return confirm_erasure(past.equipment, person, erasure.id).state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(confirm, [past.admin.person, third.person]))
    assert came == ["conflict", "done"]
    assert past.events().count("note.erased") == past.events().count("erasure.done") == 1


def test_what_cannot_be_written_down_is_not_erased(past: Past) -> None:
    """The key is destroyed in the commit that says so, or not at all."""
    grant = past.ended(past.ordinary())
    erasure = asked(past)
    with past.store.write() as tx:
        for statement in unguard_statements(tx.connection.dialect.name):
            tx.execute(text(statement))
        tx.execute(ledger_head.delete())
    with pytest.raises(Unavailable):
        confirm_erasure(past.equipment, past.admin.person, erasure.id)
    with past.store.read() as reader:
        assert text_of(past.notes.note_of(reader, grant.request_id))
