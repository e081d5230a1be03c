"""``broker site drift``, ``contain``, ``release`` and ``orders`` as a shell runs them, on a site that cannot be reached."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell, free_port


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def connected(demo_shell: Shell) -> Shell:
    address = f"http://127.0.0.1:{free_port()}"
    added = demo_shell.run("site", "add", "shop", address, "--allow-private")
    assert added.returncode == 0, added.stderr
    return demo_shell


def differ(shell: Shell, kind: str, drift_id: str = "drift_1") -> None:
    """As if the last look had found this."""
    with closing(sqlite3.connect(shell.state / "broker.db")) as connection:
        connection.execute(
            "INSERT INTO drifts VALUES (?, 'shop', ?, '', 'It is so.', 'Do this.', NULL, '2026-03-01 12:00:00', 0, NULL)",
            (drift_id, kind),
        )
        connection.commit()


def test_no_difference_is_said(connected: Shell) -> None:
    """Silence could mean anything."""
    shown = connected.run("site", "drift")
    assert (shown.returncode, "No site differs" in shown.stdout) == (0, True)


def test_differences_are_listed_with_what_would_be_done(connected: Shell) -> None:
    """Of one site or of all; a site that does not exist is told."""
    differ(connected, "clock_off")
    for words in (("site", "drift"), ("site", "drift", "shop")):
        shown = connected.run(*words).stdout
        assert "shop: clock_off (drift_1, since 2026-03-01 12:00 UTC)" in shown
        assert "It is so." in shown
        assert "Do this." in shown
    assert connected.run("site", "drift", "nowhere").returncode == 1


def test_what_only_the_site_can_do_is_not_tried(connected: Shell) -> None:
    """By name it is refused with what has to be done; with --all it is passed over."""
    differ(connected, "clock_off")
    refused = connected.run("site", "drift", "--repair", "drift_1")
    assert refused.returncode == 1
    assert "Do this." in refused.stderr
    assert connected.run("site", "drift", "--all").returncode == 0


def test_a_repair_that_cannot_reach_the_site_fails(connected: Shell) -> None:
    """The difference stays, and the exit status says so."""
    differ(connected, "missing")
    failed = connected.run("site", "drift", "--all")
    assert failed.returncode == 1
    assert "cannot be reached" in failed.stderr
    assert "shop: missing" in failed.stdout


def test_looking_says_which_site_did_not_answer(connected: Shell) -> None:
    """Whoever looks by hand is told what the clockwork would write down."""
    assert "shop: The site cannot be reached." in connected.run("site", "drift", "--look").stderr


def test_an_unknown_difference_is_told(connected: Shell) -> None:
    """It may be gone already."""
    unknown = connected.run("site", "drift", "--repair", "drift_x")
    assert unknown.returncode == 1
    assert "not open any more" in unknown.stderr


def test_an_order_waits_for_its_site(connected: Shell) -> None:
    """Written down, not confirmed, listed with who gave it, and undone by a later one."""
    words = ("site", "contain", "shop", "--everyone", "--spare", "boss", "--freeze", "--end-sessions")
    ordered = connected.run(*words)
    assert ordered.returncode == 1
    assert "everyone but boss\tfreeze, end_sessions\tpending" in ordered.stdout
    assert "goes on trying" in ordered.stdout
    assert connected.run("site", "release", "shop", "--everyone").returncode == 1
    listed = connected.run("site", "orders", "shop").stdout.splitlines()
    assert [line.split("\t")[3] for line in listed] == ["freeze, end_sessions", "release"]
    assert all(line.endswith("command-line") for line in listed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--freeze",), "whom"),
        (("--account", "a", "--everyone", "--freeze"), "whom"),
        (("--account", "a"), "say what is to be done"),
        (("--account", "a", "--spare", "b", "--freeze"), "only where everyone else is meant"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(connected: Shell, words: tuple[str, ...], said: str) -> None:
    """Before anything is written."""
    refused = connected.run("site", "contain", "shop", *words)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert connected.rows("SELECT * FROM containment_orders") == []


def test_the_doctor_tells_what_differs(connected: Shell) -> None:
    """Whoever asks what is wrong with a site need not know of another command."""
    differ(connected, "missing")
    told = connected.run("doctor", "shop")
    assert told.returncode == 1
    assert "WRONG  It is so. Do this." in told.stdout
