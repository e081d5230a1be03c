"""People, their roles and factors, and who is signed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from broker.identity.factors.passkeys.tables import passkeys
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
    "factor.removed",
    "factor.forgotten",
    "factor.started_over",
    "passkey.added",
    "passkey.removed",
)


def look_at_people(reader: Reader) -> Iterator[Disagreement]:
    """Somebody made up, raised, let in again, or made to enrol a new phone."""
    found = everyone(reader)
    told = told_of(reader, ledger_entries.c.subject_id, [person.id for person in found], _EVENTS)
    keys = _passkeys(reader)
    for person in found:
        yield from _person(person, sorted(keys[person.id]), told.get(person.id, ()))
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


def _passkeys(reader: Reader) -> dict[str, list[str]]:
    live = select(passkeys.c.person_id, passkeys.c.id).where(passkeys.c.removed_at.is_(None))
    found = defaultdict(list)
    for row in reader.all(live):
        found[row.person_id].append(row.id)
    return found


def _person(person: Person, keys: list[str], entries: Sequence[Entry]) -> Iterator[Disagreement]:
    roles: object = None
    disabled = False
    for each in entries:
        roles = each.facts.get("roles", roles)
        disabled = each.event == "person.disabled" or (disabled and each.event != "person.enabled")
    app, told_keys = _factors(entries)
    told = {"roles": roles, "disabled": disabled, "has_factor": app or bool(told_keys), "passkeys": told_keys}
    roles_held = [str(role) for role in sorted(person.roles)]
    found = {
        "roles": roles_held,
        "disabled": person.disabled,
        "has_factor": person.has_factor,
        "passkeys": keys,
    }
    yield from compare("people", person.id, told, found)


def _factors(entries: Sequence[Entry]) -> tuple[bool, list[str]]:
    """Whether there is an app, and the ids of the passkeys, as the entries tell it."""
    app, keys = False, set[str]()
    for each in entries:
        match each.event:
            case "factor.enrolled":
                app = True
            case "factor.removed":
                app = False
            case "passkey.added":
                keys.add(str(each.facts["passkey"]))
            case "passkey.removed":
                keys.discard(str(each.facts["passkey"]))
            case "factor.forgotten" | "factor.started_over":
                app, keys = False, keys & {str(each.facts.get("kept", ""))}
            case _:
                pass
    return app, sorted(keys)
