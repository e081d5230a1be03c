"""One message to one person, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True)
class Message:
    """A row of the outbox. ``last_fault`` says why the last try failed; ``tries`` counts those a server answered."""

    id: str
    event: str
    ledger_seq: int
    recipient_id: str
    address: str
    channel: str
    subject: str
    body_text: str
    body_html: str
    created_at: datetime
    next_try_at: datetime
    tries: int
    sent_at: datetime | None
    dead_at: datetime | None
    last_fault: str | None

    @property
    def state(self) -> MessageState:
        if self.sent_at is not None:
            return MessageState.SENT
        return MessageState.WAITING if self.dead_at is None else MessageState.DEAD


def message_of(row: Row[Any]) -> Message:
    """The frozen value of one row of the table."""
    return Message(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
