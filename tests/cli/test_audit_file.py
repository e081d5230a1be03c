"""``broker audit verify`` against somebody who edits the database file while the broker is down."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broker.ledger.triggers import guard_statements, unguard_statements
from tests.cli.shell import Inside, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


def as_owner(shell: Shell, *statements: str) -> None:
    """Do what the triggers forbid, and leave them as they were."""
    with closing(sqlite3.connect(shell.state / "broker.db", isolation_level=None)) as connection:
        for each in (*unguard_statements("sqlite"), *statements, *guard_statements("sqlite")):
            connection.execute(each)


@pytest.fixture
def vouched(demo_shell: Shell) -> Shell:
    """A demo whose ledger was signed and found whole."""
    assert demo_shell.run("audit", "checkpoint").returncode == 0
    whole = demo_shell.run("audit", "verify")
    assert (whole.returncode, "The ledger is whole" in whole.stdout) == (0, True)
    return demo_shell


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            ["UPDATE ledger_entries SET body = replace(body, 'demo', 'Demo') WHERE seq = 4"],
            "Entry 4 was changed",
        ),
        (["DELETE FROM ledger_entries WHERE seq = 3"], "ntry 3"),
        (
            [
                "DELETE FROM ledger_entries WHERE seq > 5",
                "UPDATE ledger_head SET (seq, digest, at) = (SELECT seq, digest, at FROM ledger_entries WHERE seq = 5)",
            ],
            "cut off",
        ),
    ],
)
def test_what_was_done_behind_the_brokers_back_is_named(vouched: Shell, spoil: list[str], said: str) -> None:
    """An edit, a deletion and a truncation each fail with the entry they happened at."""
    as_owner(vouched, *spoil)
    verified = vouched.run("audit", "verify")
    assert verified.returncode == 1
    assert "The ledger is NOT whole" in verified.stderr
    assert said in verified.stderr


def test_an_export_is_checked_elsewhere(vouched: Shell) -> None:
    """The export and the public key are enough in a folder that holds nothing else of the broker."""
    assert vouched.run("audit", "export", vouched.folder / "ledger.jsonl").returncode == 0
    key = vouched.state / "keys" / "ledger.pub"
    elsewhere = vouched.folder / "elsewhere"
    elsewhere.mkdir()
    outsider = Shell(elsewhere)
    checked = outsider.run(
        "audit", "verify", "--export", vouched.folder / "ledger.jsonl", "--public-key", key
    )
    assert checked.returncode == 0, checked.stderr
    assert list(elsewhere.iterdir()) == []
