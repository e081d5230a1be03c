"""The auditor's program, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.checkpoints.notes import read_notes
from broker.ledger.exporting.export import Title, write_export
from broker.ledger.signing.keys import SigningKey
from broker.ledger.snapshot import snapshot
from broker.store import Store
from tests.fakes.receipts import KEY, OTHER_KEY, WITNESS, encoded, small_ledger

Audit = Callable[..., subprocess.CompletedProcess[str]]

# Runs it like ``python -m`` does, and says which modules that took.
PROGRAM = """
import runpy, sys
try:
    runpy.run_module("broker.ledger.verifying", run_name="__main__")
finally:
    print("MODULES", *sorted(sys.modules), file=sys.stderr)
"""
NEVER_LOADED = {"sqlalchemy", "flask", "werkzeug", "jinja2", "requests", "alembic", "pydantic"}


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Run it in an empty folder, with an empty environment."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "broker.ledger.verifying", *map(str, words)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3]
        )

    return run


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(encoded(small_ledger().receipt(9, witnessed=True)))
    return path


@pytest.fixture
def export(store: Store, append: Callable, tmp_path: Path, key: SigningKey) -> Path:
    """Six entries, five of them under a checkpoint, and the public key beside it."""
    keeper = CheckpointKeeper(tmp_path / "checkpoints", key)
    append(store, 5)
    keeper.keep(store)
    append(store, 1)
    path = tmp_path / "ledger.jsonl"
    with snapshot(store) as look:
        write_export(path, Title(key.public, look.head()), read_notes(keeper.path), look.entries())
    return path


def vkey(folder: Path, line: str) -> Path:
    path = folder / "key.pub"
    path.write_text(line + "\n")
    return path


def test_a_receipt_is_checked_and_told(audit: Audit, receipt: Path, tmp_path: Path) -> None:
    """With the public key alone: the story in sentences, what is proved, what is not."""
    result = audit(receipt, "--public-key", vkey(tmp_path, KEY.public.vkey))
    assert (result.returncode, result.stderr) == (0, "")
    assert "5 entries are proved" in result.stdout
    assert "person_a broke the glass" in result.stdout
    assert "Access ended: handed back early." in result.stdout
    assert "not proved:\n  2026-03-01T12:00:05.000000Z  entry 11  It is gone" in result.stdout
    assert "compare" not in result.stdout.lower()


def test_a_receipt_checked_with_its_own_key_says_so(audit: Audit, receipt: Path) -> None:
    """The key inside proves nothing until somebody compares it."""
    result = audit(receipt)
    assert result.returncode == 0
    assert KEY.public.vkey in result.stdout
    assert "proves nothing yet" in result.stdout


def test_a_witness_that_must_have_signed_is_named(audit: Audit, receipt: Path, tmp_path: Path) -> None:
    """Its key is given like the ledger's; without its signature the receipt does not pass."""
    held = vkey(tmp_path, KEY.public.vkey)
    line = tmp_path / "witness.pub"
    line.write_text(WITNESS.public.vkey)
    assert (
        "The witness witness.example/one saw"
        in audit(receipt, "--public-key", held, "--witness", line).stdout
    )
    receipt.write_bytes(encoded(small_ledger().receipt(9)))
    refused = audit(receipt, "--public-key", held, "--witness", line)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has not signed" in refused.stderr


def test_another_ledgers_receipt_is_refused(audit: Audit, receipt: Path, tmp_path: Path) -> None:
    """Exit status 1, a sentence, and what to do."""
    result = audit(receipt, "--public-key", vkey(tmp_path, OTHER_KEY.public.vkey))
    assert (result.returncode, result.stdout) == (1, "")
    assert "another ledger" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_export_is_checked_too(audit: Audit, export: Path, key: SigningKey, tmp_path: Path) -> None:
    """Whole, signed up to where; then one letter changed."""
    held = vkey(tmp_path, key.public.vkey)
    result = audit(export, "--public-key", held)
    assert result.returncode == 0
    assert "6 entries" in result.stdout
    assert "vouches for the first 5 entries; 1 came after it" in result.stdout
    export.write_text(export.read_text().replace("person_a", "person_x", 1))
    spoiled = audit(export, "--public-key", held, "--checkpoints", tmp_path / "checkpoints")
    assert (spoiled.returncode, spoiled.stdout) == (1, "")
    assert "Entry 1 was changed" in spoiled.stderr


def test_an_export_that_nothing_signed_does_not_pass(
    audit: Audit, store: Store, append: Callable, key: SigningKey, tmp_path: Path
) -> None:
    """Whoever invents a ledger can write our public key above it."""
    append(store, 2)
    path = tmp_path / "ledger.jsonl"
    with snapshot(store) as look:
        write_export(path, Title(key.public, look.head()), (), look.entries())
    result = audit(path, "--public-key", vkey(tmp_path, key.public.vkey))
    assert result.returncode == 1
    assert "nothing in it is signed" in result.stderr


def test_words_of_a_stranger_do_not_reach_the_terminal_as_they_are(audit: Audit, tmp_path: Path) -> None:
    """Control characters in an entry are not printed: a receipt may come from anybody."""
    ledger = small_ledger()
    hostile = ledger.bodies[0].replace('"BTG"', '"\\u001b[2J"')
    path = tmp_path / "receipt.json"
    path.write_bytes(encoded(type(ledger)([hostile, *ledger.bodies[1:]]).receipt()))
    result = audit(path)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("words", [[], ["nowhere"], ["--public-key", "nowhere", __file__]])
def test_a_missing_file_is_told(audit: Audit, words: list[str]) -> None:
    """Usage, not a traceback."""
    result = audit(*words)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_neither_database_nor_web_nor_network_is_loaded(receipt: Path, tmp_path: Path) -> None:
    """What an auditor has to trust is the ledger's room and cryptography, whatever file is checked."""
    command = [
        sys.executable,
        "-c",
        PROGRAM,
        str(receipt),
        "--public-key",
        str(vkey(tmp_path, KEY.public.vkey)),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = result.stderr.split("MODULES ")[1].split()
    assert "broker.ledger.verifying.receipt" in loaded
    assert NEVER_LOADED.isdisjoint({name.split(".")[0] for name in loaded})
    ours = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("broker")}
    assert ours == {"broker", "broker.errors", "broker.ledger"}
