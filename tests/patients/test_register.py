"""Patients are found by the clinic's id, and the absent look like the present."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from broker.errors import Conflict, Invalid
from broker.ledger.chain import Ledger
from broker.ledger.tables import ledger_entries
from broker.patients.holdings import (
    Holding,
    HoldingKind,
    add_holding,
    find_holding,
    holdings_of,
    new_holding_id,
)
from broker.patients.register import Patient, add_patient, find_patient, patient_by_id
from broker.store import Store


def _added(store: Store, clinic_ref: str = "P-1001") -> Patient:
    with store.write() as tx:
        return add_patient(tx, Ledger(), actor="person_admin", clinic_ref=clinic_ref)


@pytest.mark.parametrize("typed", ["P-1001", " p-1001 ", "P-1001\n"])
def test_found_however_it_is_typed(store, typed):
    """Case and surrounding blanks do not matter when a patient is looked up."""
    added = _added(store)
    with store.read() as reader:
        assert find_patient(reader, typed) == added
        assert patient_by_id(reader, added.id) == added


def test_the_opaque_id_says_nothing_of_the_clinics(store):
    """The opaque id is not derived from the clinic's id, and only it reaches the ledger."""
    added = _added(store)
    assert added.id.startswith("pat_")
    assert "1001" not in added.id
    with store.read() as reader:
        (entry,) = reader.all(ledger_entries.select())
    assert added.id in entry.body
    assert "P-1001" not in entry.body


def test_absent_patient_costs_the_same_queries(store):
    """Looking up an absent patient runs exactly the statements a present one runs."""
    _added(store)
    statements: list[str] = []

    def seen(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", seen)
    answers = []
    for reference in ("P-1001", "P-9999"):
        with store.read() as reader:
            answers.append(find_patient(reader, reference))
        statements.append("--")
    assert answers[1] is None
    half = len(statements) // 2
    assert half > 1
    assert statements[:half] == statements[half:]


def test_the_same_patient_twice_is_a_conflict(store):
    """A reference that differs only in case is the same patient, and the error does not repeat it."""
    _added(store)
    with pytest.raises(Conflict) as refusal:
        _added(store, "p-1001")
    assert "1001" not in str(refusal.value)


@pytest.mark.parametrize("unusable", ["", "   ", "P" * 65, "P-1\x00"])
def test_unusable_references_are_refused(store, unusable):
    """Empty, overlong and unprintable references are refused at the field they came from."""
    with pytest.raises(Invalid) as refusal:
        _added(store, unusable)
    assert set(refusal.value.faults) == {"patient"}


def test_holdings_are_listed_by_patient_and_kind(store):
    """A patient's recordings and records are listed apart, and another patient's not at all."""
    mine, other = _added(store), _added(store, "P-1002")
    with store.write() as tx:
        for patient in (mine, other):
            for kind in HoldingKind:
                identity = new_holding_id(kind)
                add_holding(tx, Holding(identity, patient.id, kind, "Visit", "audio/wav", tx.at))
    with store.read() as reader:
        (recording,) = holdings_of(reader, mine.id, HoldingKind.RECORDING)
        assert recording.id.startswith("rec_")
        assert recording.patient_id == mine.id
        assert find_holding(reader, recording.id) == recording
        assert holdings_of(reader, "pat_absent", HoldingKind.RECORD) == ()
        assert find_holding(reader, "rec_absent") is None
