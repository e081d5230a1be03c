"""A file of the history leaves the broker: who took what question, and how many rows it held, is written down first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.review.history.filters import Filters
from broker.review.history.page import count_all
from broker.store import Store


class Format(StrEnum):
    """What a file of the history is written in."""

    CSV = "csv"
    JSON = "json"
    FHIR = "fhir"


@dataclass(frozen=True)
class Export:
    """``rows`` is how many grants there were at ``at``; those granted while the file is made may be in it as well."""

    filters: Filters
    format: Format
    rows: int
    at: datetime


def record_export(
    store: Store, ledger: Ledger, actor: str, filters: Filters, zone: tzinfo, file_format: Format
) -> Export:
    """Unavailable while nothing can be written: then nothing leaves either."""
    with store.read() as reader:
        rows = count_all(reader, filters, zone)
    facts = {"query": filters.to_query(), "format": str(file_format), "rows": rows}
    with store.write() as tx:
        ledger.append(tx, Entry("history.exported", actor, subject=actor, facts=facts))
        return Export(filters, file_format, rows, tx.at)
