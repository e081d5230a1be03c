"""``broker patient kin``: marks, never names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell


@pytest.fixture
def clinic(tmp_path: Path) -> Shell:
    shell = Inside(tmp_path)
    assert shell.run("db", "upgrade").returncode == 0
    assert shell.run("patient", "add", "p-7").returncode == 0
    return shell


def imported(clinic: Shell, text: str | bytes) -> tuple[int, str]:
    file = clinic.folder / "kin.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = clinic.run("patient", "kin", str(file))
    return done.returncode, done.stdout + done.stderr


def test_names_are_imported_as_marks(clinic: Shell) -> None:
    """It says how many, asks to delete the file, and the database holds no name."""
    status, said = imported(clinic, "who,surname,address\nP-7,Wintergreen,12 Hill Road\n")
    assert status == 0, said
    assert "2 marks of 1 people and patients are kept; delete the file now." in said
    for file in clinic.state.rglob("*"):
        assert not file.is_file() or b"intergreen" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("who,surname\nP-7,Wintergreen\n", "first line has to be: who,surname,address"),
        ("who,surname,address\nP-7,Wintergreen,\nP-9,Wintergreen,\n", "line 3"),
        (b"who,surname,address\nP-7,Winter\xe9,\n", "UTF-8"),
        ("", "first line"),
    ],
)
def test_a_wrong_file_imports_nothing_and_repeats_no_name(
    clinic: Shell, text: str | bytes, words: str
) -> None:
    """The place is named, not what stands there."""
    status, said = imported(clinic, text)
    assert status == 1
    assert words in said
    assert "Winter" not in said
