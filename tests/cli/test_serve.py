"""``broker serve`` starts whole or not at all."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.cli.shell import Shell, free_port, opens

FAULTY = """\
version: 1
roles: [clinician]
reasons:
  unresponsive: The patient cannot be asked
entitlements:
  recording:
    title: Recording
    colour: red
    durations: {default: 15m, maximum: soon}
"""


def start_in_vain(shell: Shell, **settings: object) -> tuple[subprocess.CompletedProcess[str], bool]:
    """``broker serve`` to its end, and whether its port was ever open meanwhile."""
    port, over, seen = free_port(), threading.Event(), []
    watch = threading.Thread(target=lambda: seen.extend(_openings(port, over)))
    watch.start()
    try:
        return shell.run("serve", port=port, **settings), any(seen)
    finally:
        over.set()
        watch.join()


def _openings(port: int, over: threading.Event):
    while not over.wait(0.02):
        if opens(port):
            yield True


def test_the_embedded_database_is_brought_up_to_date(shell: Shell) -> None:
    """In an empty folder the first start makes all it needs and answers; nothing is seeded."""
    with shell.serving("serve") as served:
        assert requests.get(f"{served.url}/healthz", timeout=5).text == "ok\n"
        assert requests.get(served.url, timeout=5).url.split("?")[0] == f"{served.url}/sign-in"
    assert shell.run("person", "list").stdout == ""


def test_it_says_when_it_answers_under_its_public_name(shell: Shell) -> None:
    """The broker knows itself ready where only its public name is answered and a proxy is set for everything else."""
    proxied = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    behind = Shell(shell.folder, {**proxied, "BROKER_PUBLIC_URL": "https://access.clinic.example"})
    with behind.serving("serve") as served, closing(requests.Session()) as direct:
        direct.trust_env = False
        assert direct.get(f"{served.url}/healthz", timeout=5).status_code == 400
        named = direct.get(f"{served.url}/healthz", headers={"Host": "access.clinic.example"}, timeout=5)
        assert named.status_code == 200


def test_a_shared_database_is_not_changed_by_a_start(shell: Shell) -> None:
    """On an old schema (here: none) the start is refused with the command to run, and no port is opened."""
    refused, opened = start_in_vain(shell, database_url=f"sqlite:///{shell.folder / 'shared.db'}")
    assert refused.returncode == 1
    assert "at schema none" in refused.stderr
    assert "broker db upgrade" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not opened


def test_a_bad_policy_stops_the_start_with_every_fault(shell: Shell) -> None:
    """All faults of all files at once, each with file and line; nothing is served."""
    policies = shell.folder / "policies"
    policies.mkdir()
    (policies / "faulty.yaml").write_text(FAULTY)
    (policies / "broken.yaml").write_text("roles: [unclosed\n")
    checked = shell.run("policy", "check", policies)
    refused, opened = start_in_vain(shell, policies_path=policies)
    assert (checked.returncode, refused.returncode) == (1, 1)
    faults = checked.stderr.splitlines()
    assert len(faults) >= 3
    assert {"faulty.yaml", "broken.yaml"} == {Path(line.split(":")[0]).name for line in faults}
    assert [line for line in faults if line not in refused.stderr] == []
    assert "Traceback" not in refused.stderr
    assert not opened


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("port", "many", "BROKER_PORT"),
        ("time_zone", "Clinic/Basement", "BROKER_TIME_ZONE"),
        ("database_url", "the usual one", "BROKER_DATABASE_URL"),
        ("database_url", "sqlite:////nowhere/at/all/broker.db", "BROKER_DATABASE_URL"),
    ],
)
def test_a_bad_setting_is_named(shell: Shell, setting: str, value: str, said: str) -> None:
    """One sentence with the variable's name, and no traceback."""
    refused = shell.run("serve", **{"port": free_port(), setting: value})
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_key_that_others_can_read_stops_the_start(demo_shell: Shell) -> None:
    """The refusal names the key and how to mend it."""
    (demo_shell.state / "keys" / "lease.key").chmod(0o644)
    refused, opened = start_in_vain(demo_shell)
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr
    assert not opened


def test_a_port_that_is_taken_is_named(shell: Shell) -> None:
    """The refusal comes at once and says which setting to change."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        refused = shell.run("serve", port=other.getsockname()[1])
    assert refused.returncode == 1
    assert "Address already in use" in refused.stderr
    assert "BROKER_PORT" in refused.stderr
