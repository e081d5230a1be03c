"""Legal holds: placed and released by reviewers and administrators, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from broker.access.equipment import Equipment
from broker.clock import new_id
from broker.errors import Conflict, NotFound, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.retention.own_matter import refuse_own
from broker.retention.tables import legal_holds
from broker.retention.thing import Thing, ThingKind, checked_reason
from broker.store import Reader, Transaction

MAY_HOLD = frozenset({Role.REVIEWER, Role.ADMIN})
MOST_SHOWN = 200


@dataclass(frozen=True)
class Hold:
    """Stands until ``released_at``. Times are UTC."""

    id: str
    thing: Thing
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    release_reason: str | None

    @property
    def stands(self) -> bool:
        return self.released_at is None


def place_hold(equipment: Equipment, actor: Person | str, thing: Thing, reason: str) -> Hold:
    """Keep everything of ``thing`` from being erased until the hold is released.

    ``actor`` is a person, or the name of what acts by itself. Several holds on one thing stand each for itself.
    """
    said, who = checked_reason(reason), _allowed(actor)
    with equipment.store.write() as tx:
        hold_id = new_id("hold")
        row = {"id": hold_id, "kind": thing.kind.value, "thing_id": thing.id, "reason": said}
        tx.execute(legal_holds.insert().values(**row, placed_by=who, placed_at=tx.at))
        facts = {"hold": hold_id, "kind": thing.kind.value, "thing": thing.id, "reason": said}
        equipment.ledger.append(tx, _entry("hold.placed", who, facts))
        return get_hold(tx, hold_id)


def release_hold(equipment: Equipment, actor: Person | str, hold_id: str, reason: str) -> Hold:
    """Let go. What is due is then erased by the next round.

    Refused to whom it is about, Conflict when it was released already.
    """
    said, who = checked_reason(reason), _allowed(actor)
    with equipment.store.write() as tx:
        hold = get_hold(tx, hold_id)
        refuse_own(tx, hold.thing, actor)
        _release(tx, hold, who, said)
        facts = {"hold": hold.id, "kind": hold.thing.kind.value, "thing": hold.thing.id, "reason": said}
        equipment.ledger.append(tx, _entry("hold.released", who, facts))
        return get_hold(tx, hold_id)


def get_hold(reader: Reader, hold_id: str) -> Hold:
    """The hold, or NotFound."""
    row = reader.one_or_none(select(legal_holds).where(legal_holds.c.id == hold_id))
    if row is None:
        raise NotFound("There is no such hold.", help="Look at the list of legal holds.")
    return _hold(row)


def list_holds(reader: Reader, *, most: int = MOST_SHOWN) -> list[Hold]:
    """Those that stand first, the newest of each first."""
    by = (legal_holds.c.released_at.is_not(None), legal_holds.c.placed_at.desc(), legal_holds.c.id)
    return [_hold(row) for row in reader.all(select(legal_holds).order_by(*by).limit(most))]


def _release(tx: Transaction, hold: Hold, who: str, reason: str) -> None:
    standing = (legal_holds.c.id == hold.id) & legal_holds.c.released_at.is_(None)
    released = {"released_by": who, "released_at": tx.at, "release_reason": reason}
    if tx.execute(update(legal_holds).where(standing).values(**released)).rowcount != 1:
        raise Conflict("This hold was released already.", help="Look at the list of legal holds.")


def _allowed(actor: Person | str) -> str:
    if isinstance(actor, str):
        return actor
    if actor.disabled or not actor.roles & MAY_HOLD:
        raise Refused("Only reviewers and administrators place and release holds.", help="Ask one of them.")
    return actor.id


def _entry(event: str, who: str, facts: dict[str, Any]) -> Entry:
    # Of no grant and no person: whoever is looked into must not read it in a receipt of their own.
    return Entry(event, who, facts=facts)


def _hold(row: Row[Any]) -> Hold:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    thing = Thing(ThingKind(values.pop("kind")), values.pop("thing_id"))
    return Hold(thing=thing, **values)
