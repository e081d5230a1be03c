"""``broker retention``: show, hold, release, erase."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def clinic(shell: Shell) -> Shell:
    """An installation with one patient in it."""
    assert shell.run("db", "upgrade").returncode == 0
    assert shell.run("patient", "add", "p-7").returncode == 0
    return shell


def test_a_hold_is_placed_shown_and_released(clinic: Shell) -> None:
    """By the clinic's id of the patient; what is listed says our own."""
    placed = clinic.run("retention", "hold", "patient", "P-7", "--reason", "case 17")
    assert placed.returncode == 0, placed.stderr
    hold = placed.stdout.split()[0]
    shown = clinic.run("retention", "show").stdout
    assert "sets no time" in shown
    assert f"{hold}\tpatient\tpat_" in shown
    assert "P-7" not in shown
    assert clinic.run("retention", "release", hold, "--reason", "closed").returncode == 0
    assert hold not in clinic.run("retention", "show").stdout
    again = clinic.run("retention", "release", hold, "--reason", "closed")
    assert again.returncode == 1
    assert "released already" in again.stderr


def test_an_erasure_is_only_asked_for(clinic: Shell) -> None:
    """The command line cannot confirm what it asked for."""
    asked = clinic.run("retention", "erase", "patient", "P-7", "--reason", "request 5")
    assert "Nothing is erased yet" in asked.stdout
    assert "to be confirmed\trequest 5" in clinic.run("retention", "show").stdout
    assert "0 notes were erased" in clinic.run("retention", "erase-due").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hold", "patient", "P-0", "--reason", "case 17"), "No patient is known here by this id"),
        (("hold", "patient", "P-7", "--reason", "born 01.02.1950"), "stays for ever"),
        (("erase", "person", "nobody@clinic.example", "--reason", "x"), "No person is known here"),
        (("release", "hold_x", "--reason", "x"), "There is no such hold"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(clinic: Shell, words: tuple[str, ...], said: str) -> None:
    """No traceback, exit status 1, and what to do instead."""
    answer = clinic.run("retention", *words)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
