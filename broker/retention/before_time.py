"""Erasing before the time policy sets, as a patient may ask for: one reviewer asks, somebody else confirms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from broker.access.equipment import Equipment
from broker.clock import new_id
from broker.errors import Conflict, IllegalMove, NotFound, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.retention.erase import erase_notes, kept_back
from broker.retention.own_matter import refuse_own
from broker.retention.tables import erasures
from broker.retention.thing import Thing, ThingKind, checked_reason, notes_of
from broker.store import Reader, Transaction
from broker.store.leftovers import let_go_of_leftovers

MOST_SHOWN = 100


class ErasureState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


MOVES: Mapping[ErasureState, frozenset[ErasureState]] = {
    ErasureState.ASKED: frozenset({ErasureState.DONE, ErasureState.REFUSED}),
    ErasureState.DONE: frozenset(),
    ErasureState.REFUSED: frozenset(),
}


@dataclass(frozen=True)
class Erasure:
    """``erased`` and ``held`` count notes, once it is done. Times are UTC."""

    id: str
    thing: Thing
    reason: str
    state: ErasureState
    asked_by: str
    asked_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    erased: int | None
    held: int | None


def ask_erasure(equipment: Equipment, actor: Person | str, thing: Thing, reason: str) -> Erasure:
    """Ask that all free text of ``thing`` be erased; nothing is, until somebody else confirms."""
    said = checked_reason(reason)
    who = actor if isinstance(actor, str) else _reviewer(actor)
    with equipment.store.write() as tx:
        refuse_own(tx, thing, actor)
        erasure_id = new_id("erasure")
        row = {"id": erasure_id, "kind": thing.kind.value, "thing_id": thing.id, "reason": said}
        tx.execute(erasures.insert().values(**row, state=ErasureState.ASKED, asked_by=who, asked_at=tx.at))
        facts = {"erasure": erasure_id, "kind": thing.kind.value, "thing": thing.id, "reason": said}
        equipment.ledger.append(tx, Entry("erasure.asked", who, facts=facts))
        return get_erasure(tx, erasure_id)


def confirm_erasure(equipment: Equipment, actor: Person, erasure_id: str) -> Erasure:
    """Erase at once what no hold keeps. Refused to whoever asked and to whom it is about, Conflict when it is settled already."""
    with equipment.store.write() as tx:
        erasure = get_erasure(tx, erasure_id)
        who = _another(actor, erasure)
        refuse_own(tx, erasure.thing, actor)
        which = notes_of(erasure.thing.kind, erasure.thing.id)
        held = kept_back(tx, which)
        erased = erase_notes(tx, equipment, which, who, erasure.id)
        done = _close(tx, equipment, erasure, ErasureState.DONE, who, erased=erased, held=held)
    let_go_of_leftovers(equipment.store)
    return done


def refuse_erasure(equipment: Equipment, actor: Person, erasure_id: str) -> Erasure:
    """Leave everything as it is. Whoever asked may refuse, too: that takes the question back."""
    with equipment.store.write() as tx:
        erasure = get_erasure(tx, erasure_id)
        return _close(tx, equipment, erasure, ErasureState.REFUSED, _reviewer(actor))


def get_erasure(reader: Reader, erasure_id: str) -> Erasure:
    """The erasure, or NotFound."""
    row = reader.one_or_none(select(erasures).where(erasures.c.id == erasure_id))
    if row is None:
        raise NotFound("Nobody asked for this erasure.", help="Look at the list of legal holds and erasures.")
    return _erasure(row)


def list_erasures(reader: Reader, *, most: int = MOST_SHOWN) -> list[Erasure]:
    """Those that wait for somebody first, the newest of each first."""
    by = (erasures.c.state != ErasureState.ASKED, erasures.c.asked_at.desc(), erasures.c.id)
    return [_erasure(row) for row in reader.all(select(erasures).order_by(*by).limit(most))]


def _close(
    tx: Transaction, equipment: Equipment, erasure: Erasure, to: ErasureState, who: str, **counted: int
) -> Erasure:
    if erasure.state is not ErasureState.ASKED:
        raise Conflict(f"This erasure is {erasure.state} already.", help="Nothing is left for you to do.")
    if to not in MOVES[erasure.state]:
        raise IllegalMove(f"An erasure that is {erasure.state} cannot become {to}.")
    asked = (erasures.c.id == erasure.id) & (erasures.c.state == erasure.state)
    closed = {"state": to.value, "closed_by": who, "closed_at": tx.at, **counted}
    if tx.execute(update(erasures).where(asked).values(**closed)).rowcount != 1:
        raise Conflict("Somebody settled this erasure just now.", help="Look at it again.")
    facts = {"erasure": erasure.id, "kind": erasure.thing.kind.value, "thing": erasure.thing.id, **counted}
    equipment.ledger.append(tx, Entry(f"erasure.{to}", who, facts=facts))
    return get_erasure(tx, erasure.id)


def _reviewer(actor: Person) -> str:
    if actor.disabled or not actor.is_(Role.REVIEWER):
        raise Refused("Only reviewers ask for something to be erased.", help="Ask a reviewer.")
    return actor.id


def _another(actor: Person, erasure: Erasure) -> str:
    if actor.disabled or not actor.roles & {Role.REVIEWER, Role.ADMIN}:
        raise Refused("Only reviewers and administrators confirm an erasure.", help="Ask one of them.")
    if actor.id == erasure.asked_by:
        raise Refused("You asked for this, so somebody else has to confirm it.", help="Ask a colleague.")
    return actor.id


def _erasure(row: Row[Any]) -> Erasure:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    thing = Thing(ThingKind(values.pop("kind")), values.pop("thing_id"))
    return Erasure(thing=thing, **{**values, "state": ErasureState(values["state"])})
