"""``broker person``: who may sign in, and as what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell

NEW = ("--email", "nurse@clinic.example", "--name", "A nurse", "--role", "clinician")
GOOD = "a-long-enough-password"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def clinic(shell: Shell) -> Shell:
    """An installation with nobody in it."""
    assert shell.run("db", "upgrade").returncode == 0
    return shell


def test_somebody_is_added_and_listed(clinic: Shell) -> None:
    """The password is asked for twice and shown nowhere; the list says that no code is set up yet."""
    added = clinic.run("person", "add", *NEW, typed=f"{GOOD}\n{GOOD}\n")
    assert added.returncode == 0, added.stderr
    assert GOOD not in added.stdout + added.stderr
    listed = clinic.run("person", "list").stdout.split("\t")
    assert listed[:3] == ["nurse@clinic.example", "clinician", "no code yet"]
    assert clinic.rows("SELECT count(*) FROM ledger_entries WHERE event = 'person.added'") == [(1,)]


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ((*NEW, "--password", "short"), "12", 1),
        ((*NEW[:4], "--role", "wizard", "--password", GOOD), "wizard", 2),
        (("--email", "no address", *NEW[2:], "--password", GOOD), "email", 1),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    clinic: Shell, words: tuple[str, ...], said: str, status: int
) -> None:
    """A short password, an unknown role, no address: a sentence, a failing exit status, and nobody is added."""
    refused = clinic.run("person", "add", *words)
    assert refused.returncode == status
    assert said in refused.stderr.lower()
    assert "Traceback" not in refused.stderr
    assert clinic.run("person", "list").stdout == ""


def test_the_same_address_is_added_once(demo_shell: Shell) -> None:
    """Also when it is spelled in capitals."""
    again = ("--email", "CLINICIAN@demo.example", "--name", "Again", "--role", "admin", "--password", GOOD)
    refused = demo_shell.run("person", "add", *again)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert demo_shell.rows("SELECT count(*) FROM people") == [(4,)]


def test_roles_are_replaced(demo_shell: Shell) -> None:
    """What is not named is taken away."""
    assert demo_shell.run("person", "roles", "admin@demo.example", "reviewer", "approver").returncode == 0
    listed = demo_shell.run("person", "list").stdout
    assert "admin@demo.example\tapprover, reviewer\t" in listed


def test_somebody_is_shut_out(demo_shell: Shell) -> None:
    """They stay on the list as out, and the ledger knows."""
    done = demo_shell.run("person", "disable", "clinician@demo.example")
    assert done.returncode == 0, done.stderr
    assert "can no longer sign in; 0 live grants were ended" in done.stdout
    assert "clinician@demo.example\tclinician\tout\t" in demo_shell.run("person", "list").stdout


@pytest.mark.parametrize(
    "verb", [("roles", "nobody@clinic.example", "admin"), ("disable", "nobody@clinic.example")]
)
def test_an_unknown_address_is_said_to_be_unknown(demo_shell: Shell, verb: tuple[str, ...]) -> None:
    """Exit status 1, and where to look."""
    refused = demo_shell.run("person", *verb)
    assert refused.returncode == 1
    assert "broker person list" in refused.stderr


def test_a_lost_phone_and_a_forgotten_password_are_mended(demo_shell: Shell) -> None:
    """The operator says that it is really them; then a code is set up anew, and a new password opens."""
    email = "clinician@demo.example"
    assert demo_shell.run("person", "reset-code", email, typed="n\n").returncode == 1
    assert demo_shell.run("person", "reset-code", email, typed="y\n").returncode == 0
    listed = demo_shell.run("person", "list").stdout
    assert (
        next(line for line in listed.splitlines() if line.startswith(email)).split("\t")[2] == "no code yet"
    )
    assert demo_shell.run("person", "password", email, "--password", GOOD).returncode == 0
    assert demo_shell.rows("SELECT count(*) FROM ledger_entries WHERE event = 'factor.forgotten'") == [(1,)]


def test_who_was_shut_out_comes_back(demo_shell: Shell) -> None:
    """Disabling is undone by enabling, with what they had."""
    email = "clinician@demo.example"
    assert demo_shell.run("person", "disable", email).returncode == 0
    assert f"{email}\tclinician\tout" in demo_shell.run("person", "list").stdout
    assert demo_shell.run("person", "enable", email).returncode == 0
    assert f"{email}\tclinician\tcode set up" in demo_shell.run("person", "list").stdout
