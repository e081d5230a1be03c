"""A backup that is not what was made is refused, and nothing is left of the attempt."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from broker.app import build_parts
from broker.backup.create import note_beside
from broker.backup.format.age import new_key
from broker.backup.read import check_outside
from broker.backup.verify import verify_backup
from broker.errors import BrokerError, Conflict, Invalid, Unavailable
from broker.ledger.signing.keys import generate
from broker.ledger.triggers import unguard_statements
from tests.backup.house import House
from tests.fakes.small_disk import small_disk

assert build_parts


def refused(house: House, match: str = ".", **changes: object) -> None:
    before = sorted(path.name for path in house.folder.iterdir())
    with pytest.raises(BrokerError, match=match):
        house.restore(**changes)
    assert sorted(path.name for path in house.folder.iterdir()) == before
    with pytest.raises(BrokerError):
        verify_backup(house.folder / "broker.age", house.identity, house.public_key)


def opened(house: House) -> dict[str, bytes]:
    plain = pyrage.decrypt(
        (house.folder / "broker.age").read_bytes(), [pyrage.x25519.Identity.from_str(house.key.identity)]
    )
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        found = {}
        for member in tar:
            file = tar.extractfile(member)
            assert file
            found[member.name] = file.read()
        return found


def sealed_again(house: House, parts: list[tuple[str, bytes]]) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content in parts:
            head = tarfile.TarInfo(name)
            head.size = len(content)
            tar.addfile(head, io.BytesIO(content))
    recipient = pyrage.x25519.Recipient.from_str(house.key.recipient)
    (house.folder / "broker.age").write_bytes(pyrage.encrypt(plain.getvalue(), [recipient]))


def test_cut_anywhere(house: House) -> None:
    """From nothing to one byte less than whole."""
    content = house.back_up().file.read_bytes()
    for length in (0, 10, 200, len(content) // 3, len(content) // 2, len(content) - 20_000, len(content) - 1):
        (house.folder / "broker.age").write_bytes(content[:length])
        refused(house)


def test_a_flipped_bit_anywhere(house: House) -> None:
    """In the head, in the middle, in the last byte; and bytes added."""
    content = house.back_up().file.read_bytes()
    for place in (0, 30, 190, *range(300, len(content), len(content) // 12), len(content) - 1):
        edited = bytearray(content)
        edited[place] ^= 1
        (house.folder / "broker.age").write_bytes(edited)
        refused(house)
    (house.folder / "broker.age").write_bytes(content + b"more")
    refused(house)


def test_another_identity(house: House) -> None:
    """It says so, in words."""
    house.back_up()
    house.identity.write_text(new_key().identity)
    refused(house, "does not open this backup")


EDITS: dict[str, Callable[[dict[str, bytes]], list[tuple[str, bytes]]]] = {
    "a row changed": lambda parts: list(
        {
            **parts,
            "database/people/000001.jsonl": parts["database/people/000001.jsonl"].replace(b"admin", b"evil!"),
        }.items()
    ),
    "a part left out": lambda parts: [each for each in parts.items() if "heads" not in each[0]],
    "a table left out": lambda parts: [each for each in parts.items() if "ledger_entries" not in each[0]],
    "a part added": lambda parts: [("state/keys/evil.key", b"x"), *parts.items()],
    "a part behind the end": lambda parts: [*parts.items(), ("state/keys/evil.key", b"x")],
    "a part twice": lambda parts: [next(iter(parts.items())), *parts.items()],
    "two parts swapped": lambda parts: [
        *list(parts.items())[1:2],
        *list(parts.items())[:1],
        *list(parts.items())[2:],
    ],
    "the list changed": lambda parts: list(
        {
            **parts,
            "manifest.json": parts["manifest.json"].replace(b'"ledger_size": ', b'"ledger_size": 1'),
        }.items()
    ),
    "the list left out": lambda parts: [each for each in parts.items() if each[0] != "manifest.json"],
    "the signature left out": lambda parts: list(parts.items())[:-1],
    "a way out of the folder": lambda parts: [("state/../../evil", b"x"), *parts.items()],
    "an absolute path": lambda parts: [("/evil", b"x"), *parts.items()],
    "nothing": lambda _parts: [],
}


@pytest.mark.parametrize("edit", EDITS)
def test_somebody_who_can_seal_changes_nothing_inside(house: House, edit: str) -> None:
    """Everybody knows the recipient, so the seal proves nothing: the ledger's signature does."""
    house.granted()
    house.back_up()
    sealed_again(house, EDITS[edit](opened(house)))
    refused(house)
    assert not (house.folder.parent / "evil").exists()


def test_one_made_by_another_broker(house: House) -> None:
    """Whole and signed, but not by the key the clinic knows."""
    house.back_up()
    other = generate(house.folder / "other.key", "other.example/ledger")
    with pytest.raises(Invalid, match="does not carry the signature"):
        verify_backup(house.folder / "broker.age", house.identity, other.public)


def test_a_ledger_that_was_changed_before_the_backup_was_made(house: House) -> None:
    """The copy is true to a forged original: it is said, and nothing is restored."""
    with house.store.engine.begin() as connection:
        for statement in unguard_statements("sqlite"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "UPDATE ledger_entries SET body = replace(body, 'person.added', 'person.addex') WHERE seq = 1"
        )
    house.back_up()
    refused(house, "ledger")


def test_an_occupied_place_is_left_as_it_is(house: House) -> None:
    """A file, a folder with something in it, a database with something in it."""
    house.back_up()
    place = house.folder / "restored"
    place.mkdir()
    (place / "evidence").write_text("keep me")
    with pytest.raises(Conflict, match="not empty"):
        house.restore()
    assert (place / "evidence").read_text() == "keep me"
    with pytest.raises(Conflict, match="database is not empty"):
        house.restore("elsewhere", database_url=str(house.store.engine.url))
    assert not (house.folder / "elsewhere").exists()
    (place / "evidence").unlink()
    house.restore()


def test_without_the_identity_the_file_itself_can_be_checked(house: House) -> None:
    """Against the signed note beside it: every byte counts, and a swapped one is noticed."""
    made = house.back_up()
    assert check_outside(made.file, house.public_key) == made.size
    house.back_up("later.age")
    note_beside(house.folder / "later.age").replace(note_beside(made.file))
    with pytest.raises(Invalid, match="not the one"):
        check_outside(made.file, house.public_key)
    note_beside(made.file).unlink()
    with pytest.raises(Invalid, match="note beside it"):
        check_outside(made.file, house.public_key)


@pytest.mark.parametrize("size", [64 * 1024, 400 * 1024])
def test_a_disk_that_fills_while_it_is_made(house: House, size: int) -> None:
    """Nothing is left that could be taken for a backup."""
    with small_disk(house.folder / "disk", size) as disk:
        (disk / "rest").write_bytes(bytes(size - 40 * 1024))
        with pytest.raises(Unavailable, match="could not be written"):
            house.back_up("disk/broker.age")
        assert [path.name for path in disk.iterdir()] == ["rest"]


@pytest.mark.parametrize("size", [64 * 1024, 400 * 1024, 700 * 1024])
def test_a_disk_that_fills_while_it_is_restored(house: House, size: int) -> None:
    """Nothing is left that could be started."""
    house.back_up()
    with small_disk(house.folder / "disk", size) as disk:
        with pytest.raises(BrokerError):
            house.restore("disk/restored")
        assert list(disk.iterdir()) == []


def test_a_list_from_a_newer_version_is_told_as_that(house: House) -> None:
    """Not as damage."""
    house.back_up()
    parts = opened(house)
    said = json.loads(parts["manifest.json"])
    parts["manifest.json"] = json.dumps({**said, "format": 2}).encode()
    sealed_again(house, list(parts.items()))
    refused(house, "newer broker")


def test_what_is_there_is_never_written_over(house: House, tmp_path: Path) -> None:
    """Neither a backup nor its note."""
    house.back_up()
    with pytest.raises(Conflict):
        house.back_up()
    (tmp_path / "broker.age").unlink()
    with pytest.raises(Conflict):
        house.back_up()


def test_one_of_another_version_is_told_as_that(house: House) -> None:
    """Before any row is looked at: which version to use."""
    with house.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    house.back_up()
    refused(house, "schema 0007")
