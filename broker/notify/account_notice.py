"""What people are told of their own account: a change they did not make themselves must not go unseen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from sqlalchemy import select

from broker.identity.people import Person, Role, by_id, with_role
from broker.ledger.entry import Recorded
from broker.ledger.tables import ledger_entries
from broker.notify.what_is_said import Words, in_local_time
from broker.notify.who_is_told import Standing, Told
from broker.store import Reader

_CHANGES = {
    "factor.enrolled": "a phone was set up for one-time codes",
    "factor.removed": "the phone for one-time codes was removed",
    "factor.forgotten": "an administrator took the phone and the recovery codes out",
    "factor.started_over": "everything that confirms it is you was set up anew, vouched for by an approver",
    "passkey.added": "a passkey was added",
    "passkey.removed": "a passkey was removed",
    "passkey.copied": "a passkey was refused because somebody seems to have a copy of it",
    "factor.vouched": "a colleague vouched for you, so that the browser that asked may set up anew for 15 minutes",
    "recovery_code.used": "a recovery code was used",
    "recovery_codes.renewed": "new recovery codes were made",
    "person.password_changed": "the password was changed",
    "person.linked": "it opens by the sign-in of your organisation from now on",
}
_SET_UP = ("factor.enrolled", "passkey.added", "factor.started_over", "factor.forgotten")
# The folder of the mail for each event.
ACCOUNT_NOTICES: dict[str, str] = {
    **dict.fromkeys(_CHANGES, "account.changed"),
    "factor.help_asked": "factor.help_asked",
    "person.roles_set": "roles.lost",
}


def who_is_concerned(reader: Reader, recorded: Recorded) -> list[Told]:
    """The person, and whoever has to do something about it. Of new roles nobody: one finds out by using them."""
    event, person = recorded.entry.event, _person(reader, recorded)
    lost = _lost(recorded.entry.facts)
    if person is None or (event == "person.roles_set" and not lost) or _is_their_first(reader, recorded):
        return []
    told = [] if person.disabled else [Told(person, Standing.HOLDER)]
    if event == "factor.help_asked":
        told += _others(reader, Role.APPROVER, Standing.APPROVER, person)
    if Role.ADMIN in lost:
        told += _others(reader, Role.ADMIN, Standing.ADMIN, person)
    return told


def what_changed(reader: Reader, recorded: Recorded, zone: tzinfo) -> Words:
    entry, person = recorded.entry, _person(reader, recorded)
    return {
        "person": person.name if person else "",
        "at": in_local_time(recorded.at, zone),
        "change": _CHANGES.get(entry.event, ""),
        "lost": ", ".join(_lost(entry.facts)),
        "left": ", ".join(sorted(_codes(entry.facts, "roles"))) or "none",
        "by_provider": entry.actor == "single-sign-on",
    }


def page_for(base_url: str, recorded: Recorded, told: Told) -> str:
    """Where each of them goes on from the mail."""
    if told.standing is Standing.APPROVER:
        return f"{base_url}/pleas/{recorded.entry.facts['plea']}"
    return f"{base_url}/people" if told.standing is Standing.ADMIN else f"{base_url}/sessions"


def _person(reader: Reader, recorded: Recorded) -> Person | None:
    subject = recorded.entry.subject
    return by_id(reader, subject) if subject else None


def _is_their_first(reader: Reader, recorded: Recorded) -> bool:
    # Whoever sets up the first factor sits before the page that asks for it.
    if recorded.entry.event not in _SET_UP:
        return False
    mine = (ledger_entries.c.subject_id == recorded.entry.subject) & ledger_entries.c.event.in_(_SET_UP)
    before = select(ledger_entries.c.seq).where(mine, ledger_entries.c.seq < recorded.seq).limit(1)
    return reader.one_or_none(before) is None


def _others(reader: Reader, role: Role, standing: Standing, person: Person) -> list[Told]:
    return [Told(each, standing) for each in with_role(reader, role) if each.id != person.id]


def _lost(facts: Mapping[str, Any]) -> list[str]:
    return sorted(_codes(facts, "before") - _codes(facts, "roles"))


def _codes(facts: Mapping[str, Any], name: str) -> set[str]:
    return set(facts.get(name, ()))
