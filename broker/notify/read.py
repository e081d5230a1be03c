"""Looks into the outbox: for its page, and for "who was told" in a request's story."""

from __future__ import annotations

from sqlalchemy import select

from broker.errors import NotFound
from broker.ledger.tables import ledger_entries
from broker.notify.message import Message, message_of
from broker.notify.tables import outbox
from broker.store import Reader

_NEWEST_FIRST = (outbox.c.ledger_seq.desc(), outbox.c.address)


def list_messages(
    reader: Reader,
    limit: int = 50,
    *,
    recipient_id: str | None = None,
    event: str | None = None,
    skip: int = 0,
) -> list[Message]:
    """Newest first, the sent and the given up among them."""
    found = select(outbox).order_by(*_NEWEST_FIRST).limit(limit).offset(skip)
    if recipient_id is not None:
        found = found.where(outbox.c.recipient_id == recipient_id)
    if event is not None:
        found = found.where(outbox.c.event == event)
    return [message_of(row) for row in reader.all(found)]


def message(reader: Reader, message_id: str) -> Message:
    """The message, or NotFound."""
    row = reader.one_or_none(select(outbox).where(outbox.c.id == message_id))
    if row is None:
        raise NotFound("There is no such message.", help="Look for it in the outbox.")
    return message_of(row)


def messages_about(reader: Reader, request_id: str) -> list[Message]:
    """Everything anybody was told about one request and its grant, oldest first."""
    told = outbox.join(ledger_entries, ledger_entries.c.seq == outbox.c.ledger_seq)
    about = select(outbox).select_from(told).where(ledger_entries.c.request_id == request_id)
    return [message_of(row) for row in reader.all(about.order_by(outbox.c.ledger_seq, outbox.c.address))]
