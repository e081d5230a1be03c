"""Patient records: small structured documents, sealed by the same cipher as recordings."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from typing import Any

from broker.errors import Invalid
from broker.ledger.chain import Ledger
from broker.patients.holdings import Holding, HoldingKind
from broker.store import Store
from broker.vault.layout import SealBroken
from broker.vault.reader import EncryptedReader
from broker.vault.shelf import Shelf

MEDIA_TYPE = "application/vnd.emergency-access-broker.record+json"
LARGEST_RECORD = 2 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """One statement, such as ``Allergy`` / ``Penicillin``."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PatientRecord:
    """A record as it is shown: a notice above (may be empty), then sections in order."""

    notice: str
    sections: tuple[Section, ...]


def store_record(
    shelf: Shelf,
    store: Store,
    ledger: Ledger,
    *,
    actor: str,
    patient_id: str,
    title: str,
    record: PatientRecord,
) -> Holding:
    """Seal ``record`` and put it on the patient's list. ``title`` holds no patient data."""
    content = json.dumps(asdict(record), ensure_ascii=False).encode()
    if len(content) > LARGEST_RECORD:
        raise Invalid("The record is too large.", {"record": "Keep it under 2 MiB."})
    return shelf.add(
        store,
        ledger,
        kind=HoldingKind.RECORD,
        actor=actor,
        patient_id=patient_id,
        title=title,
        media_type=MEDIA_TYPE,
        source=io.BytesIO(content),
    )


def read_record(opened: EncryptedReader) -> PatientRecord:
    """The record behind an opened holding, which is closed afterwards. SealBroken if it is none."""
    with opened:
        if opened.size > LARGEST_RECORD:
            raise SealBroken
        content = b"".join(opened.read_range(0, opened.size))
    record = parse_record(content)
    if record is None:
        raise SealBroken
    return record


def parse_record(content: bytes) -> PatientRecord | None:
    """The record that JSON text is, None when it is none."""
    # The parser's errors quote what they choke on, so none of them may travel on, not even as a cause.
    try:
        return _record(json.loads(content))
    except (ValueError, TypeError, KeyError):
        return None


def _record(fields: dict[str, Any]) -> PatientRecord:
    return PatientRecord(fields["notice"], tuple(_section(section) for section in fields["sections"]))


def _section(fields: dict[str, Any]) -> Section:
    return Section(fields["heading"], tuple(Line(**line) for line in fields["lines"]))
