"""What is held of a patient: recordings and records, by opaque id."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from broker.clock import new_id
from broker.patients.tables import holdings
from broker.store import Reader, Transaction


class HoldingKind(StrEnum):
    RECORDING = "recording"
    RECORD = "record"


ID_PREFIXES = {HoldingKind.RECORDING: "rec", HoldingKind.RECORD: "doc"}


@dataclass(frozen=True)
class Holding:
    """One recording or record. ``title`` never holds patient data; ``added_at`` is UTC."""

    id: str
    patient_id: str
    kind: HoldingKind
    title: str
    media_type: str
    added_at: datetime


def new_holding_id(kind: HoldingKind) -> str:
    """``rec_...`` for a recording, ``doc_...`` for a record."""
    return new_id(ID_PREFIXES[kind])


def add_holding(tx: Transaction, holding: Holding) -> Holding:
    """Put a holding on the list. Whoever stores its content appends the ledger entry."""
    tx.execute(insert(holdings).values(**asdict(holding)))
    return holding


def holdings_of(reader: Reader, patient_id: str, kind: HoldingKind) -> tuple[Holding, ...]:
    """A patient's holdings of one kind, oldest first; none for a patient that does not exist."""
    query = (
        select(holdings)
        .where(holdings.c.patient_id == patient_id, holdings.c.kind == kind)
        .order_by(holdings.c.added_at, holdings.c.id)
    )
    return tuple(_holding(row) for row in reader.all(query))


def find_holding(reader: Reader, holding_id: str) -> Holding | None:
    row = reader.one_or_none(_BY_ID, {"holding": holding_id})
    return None if row is None else _holding(row)


_BY_ID = select(holdings).where(holdings.c.id == bindparam("holding"))


def _holding(row: Row[Any]) -> Holding:
    return Holding(row.id, row.patient_id, HoldingKind(row.kind), row.title, row.media_type, row.added_at)
