"""``broker patient``: register, and store encrypted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broker.vault.demo_recording import make_wav
from tests.cli.shell import Inside, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def clinic(shell: Shell) -> Shell:
    """An installation with nobody in it."""
    assert shell.run("db", "upgrade").returncode == 0
    assert shell.run("patient", "add", "p-7").returncode == 0
    return shell


def test_a_recording_is_stored_encrypted_and_listed(clinic: Shell) -> None:
    """What lies on the disk is not what was given, and the list shows id, kind and title."""
    sound = clinic.folder / "visit.wav"
    sound.write_bytes(make_wav())
    stored = clinic.run("patient", "recording", "P-7", str(sound), "--title", "Video visit")
    assert stored.returncode == 0, stored.stderr
    listed = clinic.run("patient", "list", "P-7").stdout
    assert "recording\taudio/wav\tVideo visit" in listed
    sealed = next((clinic.state / "recordings").glob("*.sealed"))
    assert make_wav()[1_000:1_100] not in sealed.read_bytes()


def test_a_record_is_stored_and_a_wrong_file_is_refused_without_its_content(clinic: Shell) -> None:
    """The error shows what a record looks like, and nothing of the file."""
    good, bad = clinic.folder / "good.json", clinic.folder / "bad.json"
    lines = [{"label": "Allergy", "text": "a canary"}]
    good.write_text(json.dumps({"notice": "", "sections": [{"heading": "Alerts", "lines": lines}]}))
    bad.write_text('{"notice": "a canary"}')
    assert clinic.run("patient", "record", "P-7", str(good), "--title", "Summary").returncode == 0
    refused = clinic.run("patient", "record", "P-7", str(bad), "--title", "Summary")
    assert refused.returncode == 1
    assert "sections" in refused.stderr
    assert "canary" not in refused.stderr + refused.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "P-7"), "already"),
        (("add", "P-8", "--compartment", "nowhere"), "general"),
        (("list", "P-9"), "broker patient add"),
    ],
)
def test_what_cannot_be_is_refused_in_words(clinic: Shell, words: tuple[str, ...], said: str) -> None:
    """Taken ids, unknown compartments and unknown patients each get a sentence."""
    refused = clinic.run("patient", *words)
    assert refused.returncode == 1
    assert said in refused.stderr
