"""A broker whose database is not the one that was seen: refused, and access ends all the same."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import requests

from broker.access.activate import activate
from broker.access.ask import ask
from broker.access.equipment import TypedCode
from broker.access.plan import AskForm
from broker.app import build_parts
from broker.cli.demo import as_demo
from broker.clock import new_id
from broker.demo import PATIENT, usable_code
from broker.identity.people import by_email
from broker.ledger.signing.keys import load_public
from broker.policy.decision import Path as Way
from broker.settings import Settings
from broker.witness.cosigning.memory import Memory
from tests.cli.shell import Shell, free_port
from tests.witness.running import running

PATIENCE_S = 40


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a clock of the broker's brings about."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def copied(shell: Shell, name: str) -> Path:
    """A backup of the state folder, taken while nobody serves."""
    place = shell.folder / name
    shutil.copytree(shell.state, place, ignore=shutil.ignore_patterns("*.lock"))
    return place


def restore(shell: Shell, place: Path) -> None:
    shutil.rmtree(shell.state)
    shutil.copytree(place, shell.state)


def vouched(shell: Shell) -> bool:
    file = shell.state / "heads" / "ledger-heads.txt"
    return file.exists() and "witness.example" in file.read_text()


def test_a_restored_backup_is_refused_until_somebody_answers_for_it(demo_shell: Shell) -> None:
    """The witness saw more: the start is refused with what to do; resumed with a reason, it serves and is vouched for."""
    state, memory = demo_shell.state, Memory(demo_shell.folder / "witness" / "ledgers")
    with running(demo_shell.folder / "witness", calls_a_minute=10_000) as witness:
        demo_shell.run("audit", "checkpoint")
        key = load_public(state / "keys" / "ledger.pub")
        memory.trust(key, key.name)
        named = {"witnesses": f"{witness.key.vkey} {witness.url}"}
        with demo_shell.serving("serve", **named):
            until(lambda: vouched(demo_shell))
        seen = memory.ledgers()[0].last
        backup = copied(demo_shell, "backup")
        assert demo_shell.run("person", "disable", "clinician@demo.example").returncode == 0
        with demo_shell.serving("serve", **named):
            until(lambda: memory.ledgers()[0].last != seen)
        restore(demo_shell, backup)

        refused = demo_shell.run("serve", port=free_port(), **named)
        assert refused.returncode == 1
        assert "proves otherwise" in refused.stderr
        assert "broker audit resume" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert demo_shell.run("sweep", **named).returncode == 0

        resumed = demo_shell.run(
            "audit", "resume", "--reason", "restored the backup of this morning", **named
        )
        assert resumed.returncode == 0, resumed.stderr
        new = load_public(state / "keys" / "ledger.pub")
        assert new.vkey in resumed.stdout
        memory.trust(new, new.name)
        with demo_shell.serving("serve", **named) as served:
            until(lambda: vouched(demo_shell))
            assert requests.get(f"{served.url}/healthz", timeout=5).ok
            running_still = demo_shell.run("audit", "resume", "--reason", "again", **named)
            assert "being served" in running_still.stderr
    assert demo_shell.run("audit", "verify").returncode == 0


def test_a_witness_that_is_away_keeps_nobody_out(demo_shell: Shell) -> None:
    """The broker starts, and says aloud who did not answer."""
    with running(demo_shell.folder / "witness") as witness:
        named = {"witnesses": f"{witness.key.vkey} {witness.url}"}
    demo_shell.run("audit", "checkpoint")
    with demo_shell.serving("serve", **named) as served:
        assert requests.get(f"{served.url}/healthz", timeout=5).ok
    assert "witness_silent" in served.errors.read_text()
    assert "It cannot be reached" in demo_shell.run("doctor", **named).stdout


def test_settings_of_witnesses_are_checked_before_anything_starts(shell: Shell) -> None:
    """A pair that is none is refused with how to write it."""
    refused = shell.run("serve", witnesses="https://w.example")
    assert refused.returncode == 1
    assert "PUBLIC-KEY URL" in refused.stderr


def broke_the_glass_long_ago(shell: Shell) -> str:
    """A grant that was signed for and is due, in the state of a broker that was down since."""
    settings = as_demo(Settings(state_dir=shell.state))
    parts = build_parts(settings)
    email = "clinician@demo.example"
    code = usable_code(parts, email)
    assert not isinstance(code, timedelta)
    with parts.store.read() as reader:
        person = by_email(reader, email)
    assert person
    form = AskForm(
        submission=new_id("form"),
        patient_ref=PATIENT,
        entitlement="telehealth-recording",
        purpose="ETREAT",
        reason="unresponsive",
        note="Collapsed during the visit",
        duration=timedelta(minutes=15),
        path=Way.BREAK_GLASS,
    )
    grant = ask(parts.equipment, person, form, TypedCode(code.code, "192.0.2.10")).grant
    assert grant
    activate(parts.equipment, grant.id)
    parts.checkpoints.keep(parts.store)
    parts.store.engine.dispose()
    with closing(sqlite3.connect(shell.state / "broker.db")) as connection:
        earlier = ("2026-01-01 00:00:00.000000", grant.id)
        connection.execute("UPDATE grants SET expires_at = ? WHERE id = ?", earlier)
        connection.commit()
    return grant.id


def test_access_ends_although_the_database_is_refused(demo_shell: Shell) -> None:
    """A start on a rewritten ledger gives nothing, and has taken back what was due before it says so."""
    grant = broke_the_glass_long_ago(demo_shell)
    state = f"SELECT state FROM grants WHERE id = '{grant}'"
    assert demo_shell.rows(state) == [("active",)]
    with closing(sqlite3.connect(demo_shell.state / "broker.db")) as connection:
        connection.execute("DROP TRIGGER ledger_entries_no_update")
        connection.execute("UPDATE ledger_entries SET digest = 'ab' || substr(digest, 3) WHERE seq = 3")
        connection.commit()
    refused = demo_shell.run("serve", port=free_port())
    assert refused.returncode == 1
    assert "rewritten" in refused.stderr
    assert demo_shell.rows(state) == [("revoked",)]
