"""A patient record is sealed like a recording and comes back as it was."""

from __future__ import annotations

import io

import pytest

from broker.errors import Invalid
from broker.patients.holdings import HoldingKind
from broker.vault.demo_record import SYNTHETIC_RECORD
from broker.vault.layout import SealBroken
from broker.vault.records import MEDIA_TYPE, Line, PatientRecord, Section, read_record, store_record


def _stored(shelf, store, ledger, patient, record=SYNTHETIC_RECORD):
    return store_record(
        shelf, store, ledger, actor="person_admin", patient_id=patient.id, title="Summary", record=record
    )


def test_a_record_comes_back(shelf, store, ledger, patient):
    """Every section, line and accent survives; the holding is a record."""
    holding = _stored(shelf, store, ledger, patient)
    assert (holding.kind, holding.media_type) == (HoldingKind.RECORD, MEDIA_TYPE)
    assert holding.id.startswith("doc_")
    with store.read() as reader:
        opened = shelf.open_holding(reader, holding.id)
    assert read_record(opened) == SYNTHETIC_RECORD


def test_the_demo_record_says_that_it_is_synthetic():
    """Whoever sees the demo record reads first that it describes nobody."""
    assert "Synthetic" in SYNTHETIC_RECORD.notice


def test_no_text_of_a_record_reaches_the_disk(shelf, store, ledger, patient, tmp_path):
    """Neither the sealed file nor the database holds a word of the record."""
    canary = "canary-0f1e2d3c"
    record = PatientRecord("", (Section("Alerts", (Line("Allergy", canary),)),))
    _stored(shelf, store, ledger, patient, record)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path.name for path in files if canary.encode() in path.read_bytes()]


def test_an_overlong_record_is_refused(shelf, store, ledger, patient):
    """A record is a page, not an archive."""
    record = PatientRecord("", (Section("Notes", (Line("Note", "x" * 3_000_000),)),))
    with pytest.raises(Invalid):
        _stored(shelf, store, ledger, patient, record)


@pytest.mark.parametrize(
    "content", [b"canary", b"{}", b'{"notice": "", "sections": [{"canary": 1}]}', b"\xff"]
)
def test_something_that_is_no_record_is_refused_without_quoting_it(shelf, store, ledger, patient, content):
    """A holding that does not parse is refused, and no error in the chain repeats its content."""
    holding = shelf.add(
        store,
        ledger,
        kind=HoldingKind.RECORD,
        actor="person_admin",
        patient_id=patient.id,
        title="Summary",
        media_type=MEDIA_TYPE,
        source=io.BytesIO(content),
    )
    with store.read() as reader:
        opened = shelf.open_holding(reader, holding.id)
    with pytest.raises(SealBroken) as refusal:
        read_record(opened)
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
