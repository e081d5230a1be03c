"""Software that is told when access ends: registered, listed, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from broker.clock import new_id
from broker.credentials.signals.acceptable import check_acceptable
from broker.credentials.signals.tables import receivers, signal_outbox
from broker.errors import Invalid, NotFound, Unavailable
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_head
from broker.sealing import CannotOpen, Seal
from broker.store import Reader, Transaction


@dataclass(frozen=True)
class Receiver:
    """``id`` is also the stream's (SSF 1.0); ``audience`` whom its events are made out to.

    ``concerned_with`` is the audience of the tokens it wants to hear about, empty for every end of
    access. ``failures`` counts calls in a row that told it nothing, ``fault`` says why the last one did not.
    """

    id: str
    name: str
    url: str
    audience: str
    concerned_with: str
    allow_private: bool
    added_at: datetime
    failures: int = 0
    next_try_at: datetime | None = None
    delivered_at: datetime | None = None
    fault: str | None = None


def register(
    tx: Transaction, ledger: Ledger, seal: Seal, new: Receiver, *, authorization: str, actor: str
) -> Receiver:
    """Tell ``new`` from now on. ``authorization`` is the header it wants to see, or empty. Raises Invalid."""
    check_acceptable(
        name=new.name,
        url=new.url,
        audience=new.audience,
        concerned_with=new.concerned_with,
        authorization=authorization,
        allow_private=new.allow_private,
    )
    _refuse_taken(tx, new.name)
    # What was before it came is not told it.
    heard = tx.execute(select(ledger_head.c.seq)).scalar_one()
    sealed = seal.close(authorization.encode(), _about(new.id)) if authorization else None
    tx.execute(
        receivers.insert().values(
            id=new.id,
            name=new.name,
            url=new.url,
            audience=new.audience,
            concerned_with=new.concerned_with,
            authorization=sealed,
            allow_private=new.allow_private,
            added_at=tx.at,
            heard_seq=heard,
            failures=0,
            next_try_at=tx.at,
        )
    )
    # Not the address: some software keeps a secret in it.
    facts = {"receiver": new.id, "name": new.name, "concerned_with": new.concerned_with}
    ledger.append(tx, Entry("receiver.added", actor, facts=facts))
    return get_receiver(tx, new.id)


def new_receiver(
    name: str, url: str, *, audience: str, at: datetime, concerned_with: str = "", allow_private: bool = False
) -> Receiver:
    """One that ``register`` takes; made out to its own address where it names no audience."""
    return Receiver(new_id("receiver"), name.strip(), url, audience or url, concerned_with, allow_private, at)


def remove(tx: Transaction, ledger: Ledger, receiver_id: str, *, actor: str) -> None:
    """Tell it nothing any more; what still waited for it is given up."""
    gone = get_receiver(tx, receiver_id)
    tx.execute(
        update(receivers).where(receivers.c.id == gone.id).values(removed_at=tx.at, authorization=None)
    )
    unsent = signal_outbox.c.sent_at.is_(None) & signal_outbox.c.dead_at.is_(None)
    tx.execute(
        update(signal_outbox)
        .where((signal_outbox.c.receiver_id == gone.id) & unsent)
        .values(dead_at=tx.at, last_fault="The receiver was removed.")
    )
    ledger.append(tx, Entry("receiver.removed", actor, facts={"receiver": gone.id, "name": gone.name}))


def get_receiver(reader: Reader, receiver_id: str) -> Receiver:
    """By its id or its name; NotFound when none is told by it."""
    named = (receivers.c.id == receiver_id) | (func.lower(receivers.c.name) == receiver_id.lower())
    row = reader.execute(select(receivers).where(named & receivers.c.removed_at.is_(None))).first()
    if row is None:
        raise NotFound("No receiver has that id or name.", help="See: broker receiver list")
    return _receiver(row)


def list_receivers(reader: Reader) -> list[Receiver]:
    told = select(receivers).where(receivers.c.removed_at.is_(None)).order_by(receivers.c.name)
    return [_receiver(row) for row in reader.all(told)]


def authorization_of(reader: Reader, seal: Seal, receiver_id: str) -> str:
    """The header's value, empty when it wants none. Unavailable when it cannot be opened."""
    sealed = reader.execute(
        select(receivers.c.authorization).where(receivers.c.id == receiver_id)
    ).scalar_one()
    if sealed is None:
        return ""
    try:
        return seal.open(sealed, _about(receiver_id)).decode()
    except CannotOpen as error:
        raise Unavailable(
            "The stored authorization of the receiver cannot be opened.",
            help="Remove the receiver and add it again.",
        ) from error


def _refuse_taken(reader: Reader, name: str) -> None:
    if any(each.name.lower() == name.lower() for each in list_receivers(reader)):
        raise Invalid(f"There is a receiver called {name} already.", {"name": "choose another name"})


def _receiver(row: Row[Any]) -> Receiver:
    return Receiver(
        row.id,
        row.name,
        row.url,
        row.audience,
        row.concerned_with,
        row.allow_private,
        row.added_at,
        row.failures,
        row.next_try_at,
        row.delivered_at,
        row.fault,
    )


def _about(receiver_id: str) -> str:
    return f"receiver\0{receiver_id}"
