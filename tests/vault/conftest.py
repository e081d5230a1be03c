"""A shelf on a real folder with real keys, and one patient to put things away for."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from broker.key_encryption.key_folder import KeyFolder
from broker.ledger.chain import Ledger
from broker.patients.holdings import Holding
from broker.patients.register import Patient, add_patient
from broker.store import Store
from broker.vault.local_folder import LocalFolder
from broker.vault.shelf import Shelf

CONTENT = bytes(range(256)) * 1000  # 256,000 bytes: three whole chunks and a part


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder.open_or_create(tmp_path / "keys")


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "recordings")


@pytest.fixture
def shelf(keys: KeyFolder, folder: LocalFolder) -> Shelf:
    return Shelf(keys, folder)


@pytest.fixture
def patient(store: Store, ledger: Ledger) -> Patient:
    with store.write() as tx:
        return add_patient(tx, ledger, actor="person_admin", clinic_ref="P-1001")


@pytest.fixture
def recording(shelf: Shelf, store: Store, ledger: Ledger, patient: Patient) -> Holding:
    return shelf.add_recording(
        store,
        ledger,
        actor="person_admin",
        patient_id=patient.id,
        title="Video visit",
        media_type="audio/wav",
        source=io.BytesIO(CONTENT),
    )
