"""``broker db``: there and back, with somebody in the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


def test_check_tells_by_its_exit_status(shell: Shell) -> None:
    """1 before the first upgrade, 0 after it, also after a second one."""
    before = shell.run("db", "check")
    assert before.returncode == 1
    assert "broker db upgrade" in before.stderr
    assert shell.run("db", "upgrade").returncode == 0
    assert shell.run("db", "upgrade").returncode == 0
    assert shell.run("db", "check").returncode == 0


def test_an_upgrade_keeps_what_is_there(demo_shell: Shell) -> None:
    """On a database with people, recordings and a ledger it changes nothing."""
    dump = "SELECT seq, digest FROM ledger_entries"
    before = demo_shell.rows(dump)
    assert len(before) > 5
    assert demo_shell.run("db", "upgrade").returncode == 0
    assert demo_shell.rows(dump) == before


def test_a_downgrade_takes_everything_back_when_confirmed(demo_shell: Shell) -> None:
    """Unconfirmed it changes nothing; confirmed it empties the database, triggers included, and up again works."""
    refused = demo_shell.run("db", "downgrade", "base", typed="n\n")
    assert refused.returncode == 1
    assert demo_shell.run("db", "check").returncode == 0
    done = demo_shell.run("db", "downgrade", "base", typed="y\n")
    assert done.returncode == 0, done.stderr
    left = demo_shell.rows("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    assert {name for (name,) in left} <= {"alembic_version", "pk_alembic_version", "alembic_version_pkc"}
    assert demo_shell.run("db", "check").returncode == 1
    assert demo_shell.run("db", "upgrade").returncode == 0
    assert demo_shell.rows("SELECT count(*) FROM people") == [(0,)]
    assert demo_shell.run("audit", "verify").returncode == 0


def test_a_database_of_a_newer_broker_is_left_alone(demo_shell: Shell) -> None:
    """A revision nobody here knows is neither served nor touched, and a sentence says why."""
    with closing(sqlite3.connect(demo_shell.state / "broker.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (
        ("check",),
        ("upgrade",),
        ("downgrade", "base", "--yes"),
        ("downgrade", "nonsense", "--yes"),
    ):
        answer = demo_shell.run("db", *words)
        assert answer.returncode == 1, words
        assert "Traceback" not in answer.stderr
        assert "9999" in answer.stderr or "nonsense" in answer.stderr
    assert demo_shell.rows("SELECT count(*) FROM people") == [(4,)]
