"""What is restored is what was backed up, on either database, also while people work."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pyrage
import pytest
from sqlalchemy.engine import URL

from broker.app import build_parts
from broker.backup.verify import verify_backup
from broker.clock import SettableClock
from broker.ledger.check_database import check_database
from broker.ledger.entry import Entry
from broker.ledger.triggers import missing_guards
from broker.store import Store
from broker.store.engine import open_engine
from broker.store.schema import check_schema
from tests.backup.house import House, every_row, in_folder
from tests.postgresql import database_on

# Every room's tables are known once the wiring, which imports all rooms, is.
assert build_parts


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
def test_every_row_and_file_comes_back(
    any_store: Store, clock: SettableClock, tmp_path: Path, postgresql: URL, there: str
) -> None:
    """From each database into each: the same rows, guards that stand, a ledger that verifies, files as they were."""
    house = House(any_store, clock, tmp_path)
    house.granted()
    house.granted("telehealth-recording")
    house.back_up()
    before = every_row(any_store.engine)
    del before["ledger_entries"][-1:], before["ledger_head"]
    with database_on(postgresql) as empty:
        url = empty if there == "postgresql" else ""
        house.restore(database_url=url)
        engine = open_engine(url) if url else in_folder(tmp_path / "restored")
        after = every_row(engine)
        del after["ledger_head"]
        assert after == before
        check_schema(engine)
        with engine.connect() as connection:
            assert missing_guards(connection) == []
        heads = tmp_path / "restored" / "heads" / "ledger-heads.txt"
        assert check_database(Store(engine, clock), heads, house.public_key).ok
        with Store(engine, clock).write() as tx:
            house.clinic.ledger.append(tx, Entry("test.happened", "broker"))
        engine.dispose()
    for path in (tmp_path / "var").rglob("*"):
        if path.is_file():
            copy = tmp_path / "restored" / path.relative_to(tmp_path / "var")
            assert copy.read_bytes() == path.read_bytes()
            assert copy.stat().st_mode & 0o077 == 0
    assert (tmp_path / "restored" / "policies").is_dir()


def test_made_while_people_work_it_is_one_instant(house: House) -> None:
    """Writers go on all the time: the copy's ledger is whole, ends where its list says, and its checkpoints fit it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with house.store.write() as tx:
                house.clinic.ledger.append(tx, Entry("test.happened", "broker"))
            house.keeper.keep(house.store)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(3):
            house.back_up(f"{number}.age")
    finally:
        stop.set()
        worker.join()
    for number in range(3):
        restored = house.restore(f"restored-{number}", f"{number}.age")
        engine = in_folder(restored.folder)
        heads = restored.folder / "heads" / "ledger-heads.txt"
        checked = check_database(Store(engine, house.clock), heads, house.public_key)
        assert checked.ok
        assert checked.report.last_seq == restored.manifest.ledger_size
        engine.dispose()


def test_no_secret_of_the_settings_is_in_it(house: House) -> None:
    """What is told of the settings is no password, and the keys are only inside the seal."""
    house.settings = house.settings.model_copy(update={"smtp_host": "mail.clinic.example"})
    house.source = type(house.source)(house.settings, house.store, house.clinic.ledger, house.source.key)
    made = house.back_up()
    content = made.file.read_bytes()
    assert b"PRIVATE+KEY" not in content
    told = (house.restore().folder / "settings.env").read_text()
    assert "BROKER_SMTP_HOST=mail.clinic.example" in told
    assert "PASSWORD" not in told


def test_standard_tools_would_read_it(house: House, tmp_path: Path) -> None:
    """Once the seal is open it is a plain tar."""

    house.back_up()
    with (tmp_path / "broker.age").open("rb") as sealed, (tmp_path / "plain.tar").open("wb") as plain:
        pyrage.decrypt_io(sealed, plain, [pyrage.x25519.Identity.from_str(house.key.identity)])
    listed = subprocess.run(["tar", "tf", tmp_path / "plain.tar"], capture_output=True, text=True, check=True)
    names = listed.stdout.split()
    assert names[-2:] == ["manifest.json", "manifest.note"]
    assert {"state/keys/identity.key", "database/people/000001.jsonl"} <= set(names)


def test_who_made_it_is_in_the_ledger(house: House) -> None:
    """With the digest of the file, so that one found later can be told from another."""
    made = house.back_up()
    [entry] = house.clinic.entries("backup.made")
    assert entry.facts["sha256"] == made.sha256
    assert verify_backup(made.file, house.identity, house.public_key).ledger_size == made.ledger_size
