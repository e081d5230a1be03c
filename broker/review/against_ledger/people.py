"""People, their roles and factors, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from broker.identity.people import Person, everyone
from broker.identity.sessions.sessions import ABSOLUTE_LIMIT
from broker.identity.tables import people, sessions
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement, compare
from broker.review.against_ledger.told import gone, told_of
from broker.store import Reader

_EVENTS = (
    "person.added",
    "person.roles_set",
    "person.disabled",
    "person.enabled",
    "factor.enrolled",
    "factor.forgotten",
)


def look_at_people(reader: Reader) -> Iterator[Disagreement]:
    """Somebody made up, raised, let in again, or made to enrol a new phone."""
    found = everyone(reader)
    told = told_of(reader, ledger_entries.c.subject_id, [person.id for person in found], _EVENTS)
    for person in found:
        yield from _person(person, told.get(person.id, ()))
    yield from gone(reader, "person.added", ledger_entries.c.subject_id, people.c.id)


def look_at_sessions(reader: Reader) -> Iterator[Disagreement]:
    """A session with both factors that no sign-in opened, among those that can still be used."""
    young = sessions.c.begun_at > reader.at - ABSOLUTE_LIMIT
    usable = sessions.c.ended_at.is_(None) & sessions.c.mfa_at.is_not(None) & young
    found = reader.all(select(sessions.c.id, sessions.c.person_id).where(usable))
    told = told_of(
        reader, ledger_entries.c.subject_id, {row.person_id for row in found}, ["person.signed_in"]
    )
    for row in found:
        if row.id not in {each.facts.get("session") for each in told.get(row.person_id, ())}:
            yield Disagreement("sessions", row.id, "no entry of the ledger tells of this sign-in.")


def _person(person: Person, entries: Sequence[Entry]) -> Iterator[Disagreement]:
    roles: object = None
    disabled = enrolled = False
    for each in entries:
        roles = each.facts.get("roles", roles)
        disabled = each.event == "person.disabled" or (disabled and each.event != "person.enabled")
        enrolled = each.event == "factor.enrolled" or (enrolled and each.event != "factor.forgotten")
    told = {"roles": roles, "disabled": disabled, "has_factor": enrolled}
    roles_held = [str(role) for role in sorted(person.roles)]
    found = {"roles": roles_held, "disabled": person.disabled, "has_factor": person.has_factor}
    yield from compare("people", person.id, told, found)
