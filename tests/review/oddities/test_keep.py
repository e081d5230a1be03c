from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from broker.access.decide import Verdict, decide
from broker.access.grant import Grant
from broker.errors import Conflict, NotFound, Refused
from broker.identity.people import Role, set_roles
from broker.ledger.entry import Entry
from broker.review.against_ledger.check import check_rows
from broker.review.oddities.found import Signal
from broker.review.oddities.keep import look_for_oddities
from broker.review.oddities.kin_marks import KinKind, KinMarks, known, normal
from broker.review.oddities.listed import Oddity, count_oddities, looked_at_lately, waiting_oddities
from broker.review.oddities.looked import mark_looked_at, open_review_of
from broker.review.oddities.reading.material import read_material
from broker.review.oddities.tables import kin_marks
from tests.fakes.past import Past

ZONE = ZoneInfo("Europe/Berlin")
MARKS = KinMarks(bytes(range(32)))


def waiting(past: Past) -> list[Oddity]:
    look_for_oddities(past.equipment, ZONE, MARKS)
    with past.store.read() as reader:
        return list(waiting_oddities(reader, past.equipment.catalog))


def denied_then_broken(past: Past) -> Grant:
    """An approver says no, and the glass is broken for the same patient."""
    asked = past.ask()
    approver = past.approver
    decide(past.equipment, approver.person, asked.request.id, Verdict.DENY, "not needed", approver.fresh)
    return past.broken()


def odd(past: Past) -> Oddity:
    """Glass broken twice after a no; nothing else."""
    for _ in range(2):
        denied_then_broken(past)
        past.clock.advance(hours=1)
    (found,) = waiting(past)
    return found


def test_what_really_happened_is_read_as_it_was(past: Past) -> None:
    """Grants, approvers, notes, uses, refusals and answers, by the verbs that make them."""
    ordinary = past.ordinary(note="short of breath")
    broken = denied_then_broken(past)
    with past.store.read() as reader:
        material = read_material(reader, past.equipment, ZONE, None)
    one, other = material.uses
    assert (one.grant_id, one.approvers, one.broke_glass, one.note) == (
        ordinary.id,
        (past.approver.id,),
        False,
        "short of breath",
    )
    assert (other.grant_id, other.broke_glass, other.waited, other.used) == (broken.id, True, False, False)
    assert one.hour == one.at.astimezone(ZONE).hour
    assert [(no.person_id, no.patient_id) for no in material.noes] == [(past.clinician.id, past.patient.id)]
    assert {answer.approver_id for answer in material.answers} == {past.approver.id}


def test_what_was_before_the_window_is_the_yardstick(past: Past) -> None:
    """And no longer looked at itself."""
    past.ordinary()
    past.clock.advance(days=29)
    with past.store.read() as reader:
        material = read_material(reader, past.equipment, ZONE, None)
    assert (material.uses, [each.person_id for each in material.earlier]) == ((), [past.clinician.id])


def test_a_pattern_is_kept_with_its_rows_and_a_sentence(past: Past) -> None:
    """Who, how often, and the grants themselves."""
    found = odd(past)
    assert (found.signal, found.person_id, found.count) == (Signal.GLASS_AFTER_NO, past.clinician.id, 2)
    assert found.sentence == "clinician broke the glass 2 times within 30 minutes of a no."
    assert [row.broke_glass for row in found.rows] == [True, True]


def test_looking_again_changes_nothing(past: Past) -> None:
    """The same pattern keeps its id, and what is over goes."""
    found = odd(past)
    assert [each.id for each in waiting(past)] == [found.id]
    past.clock.advance(days=40)
    assert waiting(past) == []


def test_what_was_looked_at_is_put_away_until_there_is_as_much_again(past: Past) -> None:
    """By a reviewer, with an entry in the ledger; one more of it does not bring three back."""
    found = odd(past)
    mark_looked_at(past.equipment, past.reviewer.person, found.id, found.newest_at)
    (entry,) = past.entries("oddity.looked_at")
    assert (entry.actor, entry.subject) == (past.reviewer.id, past.clinician.id)
    assert (entry.facts["signal"], entry.facts["grants"]) == ("glass_after_no", 2)
    assert waiting(past) == []
    denied_then_broken(past)
    assert waiting(past) == []
    with past.store.read() as reader:
        assert [each.looked_by for each in looked_at_lately(reader, past.equipment.catalog)] == ["reviewer"]
    past.clock.advance(hours=1)
    denied_then_broken(past)
    assert [(each.id, each.count) for each in waiting(past)] == [(found.id, 4)]


def test_only_what_was_seen_is_put_away(past: Past) -> None:
    """Newer rows than those on the page are looked at first; two who press are one."""
    found = odd(past)
    with pytest.raises(Conflict, match="more of it"):
        mark_looked_at(past.equipment, past.reviewer.person, found.id, found.newest_at - timedelta(seconds=1))
    mark_looked_at(past.equipment, past.reviewer.person, found.id)
    with pytest.raises(Conflict, match="already"):
        mark_looked_at(past.equipment, past.reviewer.person, found.id)


@pytest.mark.parametrize("who", ["clinician", "approver", "admin"])
def test_only_reviewers_put_it_away(past: Past, who: str) -> None:
    """And nobody what is about themselves."""
    found = odd(past)
    with pytest.raises(Refused):
        mark_looked_at(past.equipment, getattr(past, who).person, found.id)
    with past.store.write() as tx:
        own = set_roles(
            tx, past.ledger, past.clinician.id, {Role.CLINICIAN, Role.REVIEWER}, actor=past.admin.id
        )
    with pytest.raises(Refused, match="about yourself"):
        mark_looked_at(past.equipment, own, found.id)
    with pytest.raises(NotFound):
        mark_looked_at(past.equipment, past.reviewer.person, "odd_nothing")


def test_a_review_is_opened_of_one_of_its_grants(past: Past) -> None:
    """Due as one that was opened again; once, and of no other grant."""
    grants = [past.ordinary() for _ in range(2)]
    with past.store.write() as tx:
        MARKS.put(tx, past.patient.id, [(KinKind.SURNAME, "clinician")])
    (found,) = waiting(past)
    review = open_review_of(past.equipment, past.reviewer.person, found.id, grants[0].id)
    assert review.due_at == review.opened_at + timedelta(days=3)
    assert past.entries("review.opened")[-1].facts["because"] == "odd"
    assert past.entries("review.opened")[-1].actor == past.reviewer.id
    with pytest.raises(Conflict):
        open_review_of(past.equipment, past.reviewer.person, found.id, grants[0].id)
    with pytest.raises(NotFound):
        open_review_of(past.equipment, past.reviewer.person, found.id, past.ordinary().id)
    assert check_rows(past.store, past.notes).disagreements == ()


def test_kin_is_noticed_by_marks_alone(past: Past) -> None:
    """One spelling or another, by the surname the person has here or what was imported; no name is kept."""
    grant = past.ordinary()
    assert waiting(past) == []
    with past.store.write() as tx:
        MARKS.put(tx, past.patient.id, [(KinKind.ADDRESS, "12, Hill Road"), (KinKind.SURNAME, "")])
        MARKS.put(tx, past.clinician.id, [(KinKind.ADDRESS, "12 hill  road")])
    (found,) = waiting(past)
    assert (found.signal, [row.grant_id for row in found.rows]) == (Signal.OWN_KIN, [grant.id])
    assert found.sentence == "clinician had access once to somebody with the same address."
    with past.store.read() as reader:
        assert known(reader) == 2
        kept = str(reader.all(select(kin_marks)))
    assert "ill" not in kept.replace("patient", "")
    with past.store.write() as tx:
        KinMarks(bytes(32)).put(tx, past.patient.id, [(KinKind.ADDRESS, "12, Hill Road")])
    assert waiting(past) == []


def test_what_is_imported_again_replaces_what_was(past: Past) -> None:
    """Somebody who moved is no neighbour any more."""
    with past.store.write() as tx:
        MARKS.put(tx, past.patient.id, [(KinKind.ADDRESS, "12 Hill Road")])
        assert MARKS.put(tx, past.patient.id, []) == 0
    with past.store.read() as reader:
        assert known(reader) == 0


@pytest.mark.parametrize(
    ("one", "other"), [("Müller", "MULLER"), ("O'Neil ", "o neil"), ("12, Hill-Road", "12 hill road")]
)
def test_one_name_has_one_spelling(one: str, other: str) -> None:
    """Accents, case and punctuation make no difference."""
    assert normal(one) == normal(other) != ""


def test_tries_after_the_end_are_told_of(past: Past) -> None:
    """Links of a grant that has ended, pressed again and again."""
    grant = past.ended(past.ordinary())
    for _ in range(3):
        past.clock.advance(minutes=1)
        with past.store.write() as tx:
            facts = {"reason": "grant_ended", "holding": grant.scope["holdings"][0]}
            entry = Entry("link.refused", past.clinician.id, None, grant.id, past.clinician.id, facts)
            past.ledger.append(tx, entry)
    (found,) = waiting(past)
    assert found.signal is Signal.AFTER_THE_END
    assert found.sentence.startswith("clinician tried 3 times")


def test_a_full_look_costs_no_write(past: Past) -> None:
    """While nothing changed the database is left alone."""
    odd(past)
    with past.store.read() as reader:
        before = count_oddities(reader)
    assert look_for_oddities(past.equipment, ZONE, MARKS) == before == 1


def test_two_processes_that_look_at_once_find_it_once(past: Past) -> None:
    """Neither fails, and there is one row."""
    for _ in range(2):
        denied_then_broken(past)
        past.clock.advance(hours=1)
    both, counts = Barrier(2), list[int]()

    def act() -> None:
        both.wait()
        counts.append(look_for_oddities(past.equipment, ZONE, MARKS))

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1, 1]
