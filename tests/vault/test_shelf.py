"""A recording put on the shelf comes back from any offset, and only as it was put there."""

from __future__ import annotations

import io
import shutil

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from broker.errors import NotFound
from broker.ledger.tables import ledger_entries
from broker.patients.holdings import HoldingKind, find_holding, holdings_of
from broker.vault.layout import SealBroken
from broker.vault.objects import find_object
from broker.vault.tables import vault_objects
from tests.vault.conftest import CONTENT


def _read(shelf, store, holding_id: str, start: int = 0, length: int = 10**9) -> bytes:
    with store.read() as reader:
        opened = shelf.open_holding(reader, holding_id)
    with opened:
        return b"".join(opened.read_range(start, length))


def test_a_recording_comes_back(shelf, store, recording):
    """The whole of it, and a part across a chunk's border."""
    assert _read(shelf, store, recording.id) == CONTENT
    assert _read(shelf, store, recording.id, 65_530, 20) == CONTENT[65_530:65_550]


def test_it_is_listed_and_logged(shelf, store, recording, patient):
    """The recording is on the patient's list, and the ledger says so without its title."""
    with store.read() as reader:
        assert holdings_of(reader, patient.id, HoldingKind.RECORDING) == (recording,)
        entry = reader.all(ledger_entries.select())[-1]
        item = find_object(reader, recording.id)
    assert entry.event == "recording.added"
    assert recording.id in entry.body
    assert recording.title not in entry.body
    assert (item.size, item.media_type, len(item.etag)) == (len(CONTENT), "audio/wav", 32)


def test_nothing_stored_under_that_id(shelf, store):
    """An id nobody knows is not found."""
    with store.read() as reader, pytest.raises(NotFound):
        shelf.open_holding(reader, "rec_00000000000000000000")


def test_one_recording_in_the_place_of_another(shelf, store, ledger, recording, patient, tmp_path):
    """Copying one sealed file over another is refused although both are genuine."""
    other = shelf.add_recording(
        store,
        ledger,
        actor="person_admin",
        patient_id=patient.id,
        title="Other visit",
        media_type="audio/wav",
        source=io.BytesIO(CONTENT),
    )
    files = tmp_path / "recordings"
    shutil.copy(files / f"{other.id}.sealed", files / f"{recording.id}.sealed")
    with pytest.raises(SealBroken):
        _read(shelf, store, recording.id)


def test_another_version_of_the_same_recording(shelf, store, recording):
    """A file whose header is not the remembered one is refused although key and id are right."""
    with store.write() as tx:
        tx.execute(update(vault_objects).values(header_sha256="0" * 64))
    with pytest.raises(SealBroken):
        _read(shelf, store, recording.id)


def test_a_lost_file_is_not_found(shelf, store, recording, folder):
    """A row whose file is gone says so and shows nothing."""
    folder.delete(recording.id)
    with pytest.raises(NotFound):
        _read(shelf, store, recording.id)


def test_a_failed_addition_leaves_nothing(shelf, store, ledger, tmp_path):
    """For a patient who does not exist neither a row nor a file remains."""
    with pytest.raises(IntegrityError):
        shelf.add_recording(
            store,
            ledger,
            actor="person_admin",
            patient_id="pat_absent",
            title="Visit",
            media_type="audio/wav",
            source=io.BytesIO(b"x"),
        )
    assert list((tmp_path / "recordings").iterdir()) == []
    with store.read() as reader:
        assert reader.all(vault_objects.select()) == []
        assert find_holding(reader, "rec_absent") is None


def test_no_plain_byte_reaches_the_disk(recording, tmp_path):
    """Nothing beneath the state folder holds a run of the recording's content."""
    needle = CONTENT[:64]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if needle in path.read_bytes()]
