"""``broker feed`` as a shell runs it, with receivers that really answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.tls_site import Authority
from tests.cli.shell import Inside, Shell
from tests.feeds.receiver import Receiver, status


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[Receiver]:
    running = Receiver(authority.certificate("localhost"))
    yield running
    running.stop()


def test_a_webhook_from_first_to_last(demo_shell: Shell, server: Receiver, authority: Authority) -> None:
    """Added, tried, listed, paused, let go on, told again, removed; secrets are asked for or shown once."""
    words = ("feed", "add", "The SIEM", "webhook", server.url, "--ca", authority.file)
    added = demo_shell.run(*words, "--sign", "--authorization", "--allow-private", typed="Bearer s3cr3t\n")
    assert added.returncode == 0, added.stderr
    assert "s3cr3t" not in added.stdout + added.stderr
    assert "Its key, shown this once: whsec_" in added.stdout
    assert "The SIEM took a test entry." in demo_shell.run("feed", "test", "the siem").stdout
    headers = {name.lower(): value for name, value in server.headers[0].items()}
    assert headers["authorization"] == "Bearer s3cr3t"
    assert headers["webhook-signature"].startswith("v1,")
    listed = demo_shell.run("feed", "list").stdout
    assert "webhook ledger" in listed
    assert "whsec_" not in listed
    assert "is paused" in demo_shell.run("feed", "pause", "The SIEM").stdout
    assert "paused" in demo_shell.run("feed", "list").stdout
    assert demo_shell.run("doctor").returncode == 1
    assert "goes on" in demo_shell.run("feed", "resume", "The SIEM").stdout
    assert "entries go out to The SIEM" in demo_shell.run("feed", "replay", "The SIEM", "--from", "1").stdout
    assert "is told nothing any more" in demo_shell.run("feed", "remove", "The SIEM").stdout
    assert demo_shell.run("feed", "list").stdout == ""
    assert demo_shell.run("feed", "test", "The SIEM").returncode == 1


def test_one_that_does_not_take_it_is_told(demo_shell: Shell, server: Receiver, authority: Authority) -> None:
    """With what it said, and an exit status a script can read."""
    demo_shell.run("feed", "add", "SIEM", "webhook", server.url, "--ca", authority.file, "--allow-private")
    server.answer = status(503)
    answer = demo_shell.run("feed", "test", "SIEM")
    assert (answer.returncode, answer.stderr) == (1, "SIEM did not take it. It answered 503.\n")


def test_a_file_from_the_beginning(demo_shell: Shell, tmp_path: Path) -> None:
    """Another format, some events only; where it begins is said."""
    target = tmp_path / "feed.jsonl"
    added = demo_shell.run(
        "feed",
        "add",
        "Log",
        "file",
        target,
        "--format",
        "ocsf",
        "--events",
        "person.*",
        "--from",
        "beginning",
    )
    assert "is told as ocsf from entry 1 on" in added.stdout
    assert re.search(r"Of the \d+ entries so far [1-9]\d* would have been for it.", added.stdout)
    wrong = demo_shell.run("feed", "add", "Typed wrong", "file", target, "--events", "persons.*")
    assert "entries so far 0 would have been for it" in wrong.stdout
    assert "took a test entry" in demo_shell.run("feed", "test", "Log").stdout
    assert json.loads(target.read_text())["metadata"]["event_code"] == "feed.tested"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("webhook", "http://collector.example/in"), "http only with --allow-private"),
        (("syslog", "collector.example:6514"), "tls://collector.example.org:6514"),
        (("file", "feed.jsonl"), "the whole path of a file"),
        (("fhir", "https://fhir.example/", "--format", "cef"), "a fhir feed speaks fhir-r4, fhir-r5"),
        (("webhook", "https://a.example/", "--from", "yesterday"), "beginning, now, or with an entry"),
        (("webhook", "https://a.example/", "--from", "999999"), "no such entry"),
        (("webhook", "https://a.example/", "--events", "grant revoked"), "names such as grant.revoked"),
        (("webhook", "https://a.example/", "--patient-system", "urn:oid:1"), "only where the clinic's own"),
        (("fhir", "https://a.example/", "--sign"), "a fhir feed has none"),
    ],
)
def test_what_cannot_be_told_is_said_at_once(demo_shell: Shell, words: tuple[str, ...], told: str) -> None:
    """In a sentence, with nothing written."""
    answer = demo_shell.run("feed", "add", "X", *words)
    assert answer.returncode == 1
    assert told in answer.stderr
    assert demo_shell.run("feed", "list").stdout == ""
