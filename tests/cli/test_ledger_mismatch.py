"""A broker whose database is not the one that was seen: refused, and access ends all the same."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import requests

from broker.ledger.signing.keys import load_public
from tests.cli.shell import Shell, free_port
from tests.witness.running import command, running

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
    state, witness_folder = demo_shell.state, demo_shell.folder / "witness"
    with running(witness_folder, calls_a_minute=10_000) as witness:
        demo_shell.run("audit", "checkpoint")
        vkey = load_public(state / "keys" / "ledger.pub").vkey
        assert "from now on" in command(witness_folder, "trust", vkey).stdout
        named = {"witnesses": f"{witness.key.vkey} {witness.url}"}
        with demo_shell.serving("serve", **named):
            until(lambda: vouched(demo_shell))
        shown = command(witness_folder, "show").stdout
        backup = copied(demo_shell, "backup")
        assert demo_shell.run("person", "disable", "clinician@demo.example").returncode == 0
        with demo_shell.serving("serve", **named):
            until(lambda: command(witness_folder, "show").stdout != shown)
        restore(demo_shell, backup)

        refused = demo_shell.run("serve", port=free_port(), **named)
        assert refused.returncode == 1
        assert "proves otherwise" in refused.stderr
        assert "broker audit resume" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "proves otherwise" in demo_shell.run("doctor", **named).stdout
        assert demo_shell.run("sweep", **named).returncode == 0

        resumed = demo_shell.run(
            "audit", "resume", "--reason", "restored the backup of this morning", **named
        )
        assert resumed.returncode == 0, resumed.stderr
        new = load_public(state / "keys" / "ledger.pub").vkey
        assert new in resumed.stdout
        command(witness_folder, "trust", new)
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
