"""Nobody lets go of, or erases, what may tell against themselves."""

from __future__ import annotations

from sqlalchemy import select

from broker.access.tables import access_requests, grants
from broker.errors import Refused
from broker.identity.people import Person
from broker.retention.thing import Thing, ThingKind
from broker.store import Reader


def refuse_own(reader: Reader, thing: Thing, actor: Person | str) -> None:
    """Refused when ``thing`` is this person, or access they held or asked for."""
    if isinstance(actor, Person) and _whose(reader, thing) == actor.id:
        raise Refused("This is about yourself, so somebody else has to do it.", help="Ask a colleague.")


def _whose(reader: Reader, thing: Thing) -> str | None:
    if thing.kind is ThingKind.PERSON:
        return thing.id
    table = {ThingKind.GRANT: grants, ThingKind.REQUEST: access_requests}.get(thing.kind)
    if table is None:
        return None
    row = reader.one_or_none(select(table.c.person_id).where(table.c.id == thing.id))
    return None if row is None else str(row.person_id)
