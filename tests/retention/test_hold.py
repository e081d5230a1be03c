from __future__ import annotations

import pytest

from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.people import Role, set_roles
from broker.retention.before_time import ask_erasure, confirm_erasure
from broker.retention.hold import list_holds, place_hold, release_hold
from broker.retention.thing import LONGEST_REASON, Thing, ThingKind, find_thing
from tests.fakes.past import Past


def patient(past: Past) -> Thing:
    return Thing(ThingKind.PATIENT, past.patient.id)


def test_a_hold_says_who_why_and_when_and_so_does_its_release(past: Past) -> None:
    """Both stand in the ledger; the row keeps both."""
    placed = place_hold(past.equipment, past.reviewer.person, patient(past), " case 17 ")
    assert placed.stands
    released = release_hold(past.equipment, past.admin.person, placed.id, "case closed")
    assert not released.stands
    assert (released.reason, released.placed_by) == ("case 17", past.reviewer.id)
    assert (released.release_reason, released.released_by) == ("case closed", past.admin.id)
    assert past.events()[-2:] == ["hold.placed", "hold.released"]
    with past.store.read() as reader:
        assert list_holds(reader) == [released]


def test_a_hold_is_released_once(past: Past) -> None:
    """The second one is told, and nothing is written."""
    hold = place_hold(past.equipment, past.reviewer.person, patient(past), "case 17")
    release_hold(past.equipment, past.reviewer.person, hold.id, "case closed")
    before = past.events()
    with pytest.raises(Conflict, match="released already"):
        release_hold(past.equipment, past.admin.person, hold.id, "again")
    assert past.events() == before
    with pytest.raises(NotFound):
        release_hold(past.equipment, past.admin.person, "hold_x", "case closed")


@pytest.mark.parametrize("reason", ["", "  ", "x" * (LONGEST_REASON + 1), "born 01.02.1950"])
def test_a_reason_is_needed_and_names_nobody(past: Past, reason: str) -> None:
    """It stays in the ledger for ever."""
    with pytest.raises(Invalid) as found:
        place_hold(past.equipment, past.reviewer.person, patient(past), reason)
    assert list(found.value.faults) == ["reason"]
    assert "hold.placed" not in past.events()


def test_only_reviewers_and_administrators_hold(past: Past) -> None:
    """Neither a clinician nor an approver can keep or let go of what may tell against them."""
    hold = place_hold(past.equipment, past.reviewer.person, patient(past), "case 17")
    for member in (past.clinician, past.approver):
        with pytest.raises(Refused):
            place_hold(past.equipment, member.person, patient(past), "case 18")
        with pytest.raises(Refused):
            release_hold(past.equipment, member.person, hold.id, "case closed")


def test_things_are_found_by_the_words_people_have_for_them(past: Past) -> None:
    """A patient by the clinic's id, a person by email, everything by our own ids; nothing by a guess."""
    grant = past.ordinary()
    with past.store.read() as reader:
        assert find_thing(reader, ThingKind.PATIENT, "P-1001").id == past.patient.id
        assert find_thing(reader, ThingKind.PERSON, "Clinician@clinic.example").id == past.clinician.id
        for kind, own in (
            (ThingKind.PATIENT, past.patient.id),
            (ThingKind.PERSON, past.clinician.id),
            (ThingKind.GRANT, grant.id),
            (ThingKind.REQUEST, grant.request_id),
        ):
            assert find_thing(reader, kind, f" {own} ") == Thing(kind, own)
            with pytest.raises(Invalid, match="Nothing was done"):
                find_thing(reader, kind, "unknown")
            with pytest.raises(Invalid):
                find_thing(reader, kind, "")


@pytest.mark.parametrize("kind", [ThingKind.PERSON, ThingKind.GRANT, ThingKind.REQUEST])
def test_nobody_lets_go_of_what_is_about_themselves(past: Past, kind: ThingKind) -> None:
    """A clinician who reviews others, too, cannot release a hold on themselves, nor have their own words erased."""
    grant, roles = past.ended(past.ordinary()), {Role.CLINICIAN, Role.REVIEWER}
    with past.store.write() as tx:
        both = set_roles(tx, past.ledger, past.clinician.id, roles, actor=past.admin.id)
    own = {
        ThingKind.PERSON: both.id,
        ThingKind.GRANT: grant.id,
        ThingKind.REQUEST: grant.request_id,
    }[kind]
    thing = Thing(kind, own)
    hold = place_hold(past.equipment, past.reviewer.person, thing, "case 17")
    with pytest.raises(Refused, match="about yourself"):
        release_hold(past.equipment, both, hold.id, "nothing in it")
    with pytest.raises(Refused, match="about yourself"):
        ask_erasure(past.equipment, both, thing, "not needed")
    asked = ask_erasure(past.equipment, past.reviewer.person, thing, "request 5")
    with pytest.raises(Refused, match="about yourself"):
        confirm_erasure(past.equipment, both, asked.id)
    assert past.events()[-1] == "erasure.asked"
