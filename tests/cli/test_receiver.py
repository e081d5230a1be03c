"""``broker receiver`` as a shell runs it, with a receiver that really answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell
from tests.credentials.signals.receiver_server import ReceiverServer
from tests.fakes.signing_keys import KeysInMemory


class AnyKey(ReceiverServer):
    """Takes what it is sent: whose key it is was tried elsewhere."""

    def check(self, text: str) -> dict[str, str]:
        return {"jti": text}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def server() -> Iterator[ReceiverServer]:
    running = AnyKey(KeysInMemory(), "portal")
    yield running
    running.stop()


def test_a_receiver_from_first_to_last(demo_shell: Shell, server: ReceiverServer) -> None:
    """Added, tried, listed, removed; a secret is asked for and never printed."""
    words = ("receiver", "add", "The portal", server.url, "--audience", "portal")
    refused = demo_shell.run(*words)
    assert (refused.returncode, "--allow-private" in refused.stderr) == (1, True)
    added = demo_shell.run(*words, "--allow-private", "--authorization", typed="Bearer s3cr3t\n")
    assert added.returncode == 0, added.stderr
    assert "s3cr3t" not in added.stdout + added.stderr
    assert "The portal took a verification event." in demo_shell.run("receiver", "test", "the portal").stdout
    assert server.headers[0]["Authorization"] == "Bearer s3cr3t"
    assert "0 taken, 0 waiting, 0 given up" in demo_shell.run("receiver", "list").stdout
    assert demo_shell.run("receiver", "undelivered").returncode == 0
    assert "0 events go out again" in demo_shell.run("receiver", "retry", "The portal").stdout
    assert demo_shell.run("receiver", "remove", "The portal").returncode == 0
    assert demo_shell.run("receiver", "list").stdout == ""
    assert demo_shell.run("receiver", "test", "The portal").returncode == 1


def test_one_that_does_not_take_it_is_told(demo_shell: Shell, server: ReceiverServer) -> None:
    """With what it said, and an exit status a script can read."""
    demo_shell.run("receiver", "add", "Portal", server.url, "--allow-private")
    server.answer = 503
    answer = demo_shell.run("receiver", "test", "Portal")
    assert (answer.returncode, answer.stderr) == (
        1,
        "Portal did not take it. It answered 503, not 202 Accepted.\n",
    )


def test_the_doctor_says_who_was_not_told(demo_shell: Shell, server: ReceiverServer) -> None:
    """Well while nothing waits; wrong, with the reason, once something was given up."""
    demo_shell.run("receiver", "add", "Portal", server.url, "--allow-private")
    found = demo_shell.run("doctor").stdout
    assert "Who is told when access ends\n  ok     Portal" in found
    with closing(sqlite3.connect(demo_shell.state / "broker.db")) as connection, connection:
        connection.execute("UPDATE receivers SET failures = 3, fault = 'It cannot be reached.'")
    answer = demo_shell.run("doctor")
    assert (answer.returncode, "WRONG  Portal" in answer.stdout) == (1, True)
    assert "It cannot be reached." in answer.stdout
