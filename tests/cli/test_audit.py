from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli.audit import audit
from broker.errors import ConfigurationError
from broker.identity.people import Role, add_person
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.signing.keys import generate
from broker.ledger.triggers import guard_statements, unguard_statements
from broker.notes.note_box import NoteBox
from broker.store import Store


@dataclass(frozen=True)
class Place:
    store: Store
    ledger_key_path: Path
    ledger_heads_path: Path
    public_key_path: Path
    notes: NoteBox | None = None


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Place:
    """An installation with a key and three entries."""
    key = generate(tmp_path / "ledger.key", "broker.example/ledger")
    (tmp_path / "ledger.pub").write_text(key.public.vkey + "\n")
    for _ in range(3):
        with store.write() as tx:
            Ledger().append(tx, Entry("grant.active", "person_a", grant="grant_a"))
    return Place(store, tmp_path / "ledger.key", tmp_path / "heads", tmp_path / "ledger.pub")


@pytest.fixture
def run(place: Place) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(audit, [str(word) for word in words], obj=place)


def as_owner(place: Place, statement: str) -> None:
    """Do what the triggers forbid, and leave them as they were."""
    with sqlite3.connect(place.store.engine.url.database or "") as connection:
        for part in (*unguard_statements("sqlite"), statement, *guard_statements("sqlite")):
            connection.execute(part)
    connection.close()


def test_a_whole_ledger_is_said_to_be_whole(run: Callable[..., Result]) -> None:
    """Exit status 0, and without a checkpoint a word on what that leaves open."""
    result = run("verify")
    assert result.exit_code == 0
    assert "whole: 3 entries" in result.output
    assert "broker audit checkpoint" in result.output


def test_a_checkpoint_is_kept_and_used(run: Callable[..., Result], place: Place) -> None:
    """Signing appends to the file, and the check says what it vouches for."""
    result = run("checkpoint")
    assert "3 entries are vouched for" in result.output
    assert place.ledger_heads_path.exists()
    assert "vouches for the first 3 entries" in run("verify").output


def test_an_edit_is_named_and_fails(run: Callable[..., Result], place: Place) -> None:
    """Exit status 1, the entry, and what to do with the evidence."""
    as_owner(place, "UPDATE ledger_entries SET body = replace(body, 'person_a', 'person_x') WHERE seq = 2")
    result = run("verify")
    assert result.exit_code == 1
    assert "Entry 2 was changed after it was written" in result.output
    assert "evidence" in result.output


def test_a_truncation_is_named_and_fails(run: Callable[..., Result], place: Place) -> None:
    """Entries cut off behind the database's back are found by the checkpoint; signing again is refused."""
    run("checkpoint")
    as_owner(place, "DELETE FROM ledger_entries WHERE seq = 3")
    as_owner(
        place, "UPDATE ledger_head SET (seq, digest) = (SELECT seq, digest FROM ledger_entries WHERE seq = 2)"
    )
    result = run("verify")
    assert result.exit_code == 1
    assert "entry 3 was cut off" in result.output
    again = run("checkpoint")
    assert again.exit_code == 1
    assert "cannot be vouched for" in str(again.exception)


def test_dropped_triggers_fail_the_check(run: Callable[..., Result], place: Place) -> None:
    """A whole ledger that is no longer guarded is not as it should be."""
    with sqlite3.connect(place.store.engine.url.database or "") as connection:
        connection.execute("DROP TRIGGER ledger_entries_no_delete")
    connection.close()
    result = run("verify")
    assert result.exit_code == 1
    assert "ledger_entries_no_delete is gone" in result.output


def test_an_export_is_checked_with_the_public_key_alone(
    run: Callable[..., Result], place: Place, tmp_path: Path
) -> None:
    """The file and a key by another way are enough; without the key the one to compare is shown."""
    run("checkpoint")
    file = tmp_path / "ledger.jsonl"
    written = run("export", file)
    assert "3 entries written" in written.output
    assert place.public_key_path.read_text().strip() in written.output
    place.store.engine.dispose()
    checked = run("verify", "--export", file, "--public-key", place.public_key_path)
    assert checked.exit_code == 0
    assert "vouches for the first 3 entries" in checked.output
    assert place.public_key_path.read_text().strip() in run("verify", "--export", file).output


def test_an_export_that_nothing_signed_proves_nothing(run: Callable[..., Result], tmp_path: Path) -> None:
    """Whoever invents a ledger can write our public key above it; without one good signature it does not pass."""
    invented = tmp_path / "invented.jsonl"
    run("export", invented)
    result = run("verify", "--export", invented, "--public-key", tmp_path / "ledger.pub")
    assert result.exit_code == 1
    assert "Nothing in this export is signed" in result.output


def test_heads_of_another_ledger_do_not_pass(run: Callable[..., Result], tmp_path: Path) -> None:
    """When the heads one brings vouch for nothing, the check fails."""
    (tmp_path / "empty").touch()
    result = run("verify", "--checkpoints", tmp_path / "empty")
    assert result.exit_code == 1
    assert "None of the checkpoints" in result.output


def test_a_key_that_others_can_read_signs_nothing(run: Callable[..., Result], place: Place) -> None:
    """The refusal says how to mend it."""
    place.ledger_key_path.chmod(0o644)
    result = run("checkpoint")
    assert isinstance(result.exception, ConfigurationError)
    assert "chmod 600" in result.exception.help
    assert not place.ledger_heads_path.exists()


def test_an_empty_ledger_is_not_signed(run: Callable[..., Result], place: Place) -> None:
    """Before the first step there is nothing to vouch for."""
    as_owner(place, "DELETE FROM ledger_entries")
    as_owner(place, "DELETE FROM ledger_head")
    as_owner(
        place,
        "INSERT INTO ledger_head VALUES (1, 0, "
        "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '1970-01-01 00:00:00.000000')",
    )
    assert "nothing to sign" in run("checkpoint").output


def test_many_faults_are_cut_short(run: Callable[..., Result], place: Place) -> None:
    """The first twenty are shown and the rest counted."""
    for _ in range(30):
        with place.store.write() as tx:
            Ledger().append(tx, Entry("grant.active", "person_a"))
    as_owner(place, "UPDATE ledger_entries SET event = 'x'")
    result = run("verify")
    assert "33 faults" in result.output
    assert "and 13 more" in result.output


def test_verify_names_a_row_that_says_otherwise(place: Place, run: Callable[..., Result]) -> None:
    """Somebody made an administrator of themselves in the database: the chain is whole, and yet it is noticed."""
    with place.store.write() as tx:
        made = add_person(tx, Ledger(), email="a@b.example", name="A", roles=[Role.CLINICIAN], actor="setup")
    assert run("verify").exit_code == 0
    with place.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person_roles SET role = 'admin'")
    checked = run("verify")
    assert checked.exit_code == 1
    assert f"people {made.id}: roles is ['admin'], the ledger says ['clinician']." in checked.output
    assert "The ledger is whole" in checked.output
