"""A request nobody answered in time lapses, and says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from broker.access.equipment import Equipment
from broker.access.request import RequestState, move_request, request_of
from broker.access.tables import access_requests
from broker.ledger.entry import Entry


def lapse_due(equipment: Equipment, limit: int = 500) -> int:
    """Lapse pending requests whose time is over; how many there were, at most ``limit`` in one commit."""
    with equipment.store.read() as reader:
        if not reader.all(_due(reader.at, 1)):
            return 0
    with equipment.store.write() as tx:
        due = [request_of(row) for row in tx.all(_due(tx.at, limit))]
        for request in due:
            entry = Entry("request.lapsed", "broker", request=request.id, subject=request.person_id)
            move_request(tx, equipment.ledger, request, RequestState.LAPSED, entry)
    return len(due)


def _due(now: datetime, limit: int) -> Select[Any]:
    over = (access_requests.c.state == RequestState.PENDING) & (access_requests.c.lapses_at <= now)
    return select(access_requests).where(over).order_by(access_requests.c.lapses_at).limit(limit)
