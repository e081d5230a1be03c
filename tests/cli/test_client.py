"""``broker client`` and ``broker issuer``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.cli.shell import Inside, Shell

BACK = "https://app.clinic.example/back"
ISSUER = "https://login.ehr.clinic.example"
_ID = re.compile(r"client_[0-9a-f]+")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


def added(shell: Shell, *words: str) -> tuple[str, str]:
    """Id and secret of a client, the secret empty for one without."""
    done = shell.run("client", "add", "The ward app", *words)
    assert done.returncode == 0, done.stderr
    last = done.stdout.rstrip().splitlines()[-1]
    found = _ID.search(done.stdout)
    assert found
    return found.group(), last if last.startswith("ebcs_") else ""


def keys_file(folder: Path, *, private: bool = False) -> Path:
    key: dict[str, Any] = {**ECKey.generate_key("P-256").as_dict(private=private), "kid": "k-1"}
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [key]}))
    return file


def test_a_secret_is_shown_once(demo_shell: Shell) -> None:
    """At registration; never by show, by list, or in the database's file."""
    client_id, secret = added(demo_shell, "--grant", "client_credentials", "--scope", "grants:read")
    assert secret
    said = demo_shell.run("client", "show", client_id).stdout + demo_shell.run("client", "list").stdout
    assert "The ward app" in said
    assert "grants:read" in said
    assert secret not in said
    assert secret.encode() not in (demo_shell.state / "broker.db").read_bytes()


def test_a_new_secret_takes_the_old_ones_place(demo_shell: Shell) -> None:
    client_id, secret = added(demo_shell, "--audience", "https://ehr.clinic.example/fhir")
    at_once = demo_shell.run("client", "rotate-secret", client_id).stdout
    assert "The old one is dead." in at_once
    assert secret not in at_once
    assert (
        "works for 1 hour" in demo_shell.run("client", "rotate-secret", client_id, "--old-for", "1h").stdout
    )
    for wrong in ("8d", "soon"):
        done = demo_shell.run("client", "rotate-secret", client_id, "--old-for", wrong)
        assert done.returncode == 1
        assert "ebcs_" not in done.stdout


def test_a_client_that_signs_has_keys_and_no_secret(demo_shell: Shell, tmp_path: Path) -> None:
    """Whoever hands in a private key is told what to do about it, and nothing is registered."""
    keys = keys_file(tmp_path)
    words = ("--auth", "private_key_jwt", "--grant", "client_credentials", "--scope", "grants:read")
    client_id, secret = added(demo_shell, *words, "--keys", str(keys))
    assert not secret
    assert "Keys: k-1" in demo_shell.run("client", "show", client_id).stdout
    assert demo_shell.run("client", "rotate-secret", client_id).returncode == 1
    assert "k-1" in demo_shell.run("client", "set-keys", client_id, keys).stdout
    done = demo_shell.run("client", "set-keys", client_id, keys_file(tmp_path, private=True))
    assert done.returncode == 1
    assert "Make a new one" in done.stderr


def test_what_does_not_fit_together_is_told_at_once(demo_shell: Shell) -> None:
    done = demo_shell.run(
        "client", "add", "App", "--grant", "authorization_code", "--auth", "private_key_jwt"
    )
    assert done.returncode == 1
    assert "redirect address" in done.stderr
    assert "Public keys" in done.stderr
    assert demo_shell.run("client", "list").stdout == ""


def test_a_client_is_shut_out_and_let_in_again(demo_shell: Shell) -> None:
    """Twice is success, and one that never was is told in a sentence."""
    client_id, _ = added(demo_shell, "--grant", "authorization_code", "--redirect", BACK)
    for act, state in (("disable", "out"), ("disable", "out"), ("enable", "in"), ("enable", "in")):
        assert demo_shell.run("client", act, client_id).returncode == 0
        assert f"{client_id}\tclient_secret_basic\t{state}\t" in demo_shell.run("client", "list").stdout
    done = demo_shell.run("client", "disable", "client_of_nobody")
    assert done.returncode == 1
    assert "broker client list" in done.stderr


def test_an_issuer_is_trusted_for_one_client(demo_shell: Shell, tmp_path: Path) -> None:
    """With its keys beside it or at an address that may be called; listed, and let go."""
    client_id, _ = added(demo_shell, "--grant", "token-exchange")
    words = ("issuer", "add", ISSUER, "--client", client_id, "--audience", "ehr-front")
    done = demo_shell.run(*words, "--keys", keys_file(tmp_path), "--claim", "sub", "--max-age", "5m")
    assert done.returncode == 0, done.stderr
    assert "broker issuer link-person" in done.stdout
    listed = demo_shell.run("issuer", "list").stdout
    assert f"\t{ISSUER}\t{client_id}\tsub\t5 minutes" in listed
    again = demo_shell.run(*words, "--keys", keys_file(tmp_path))
    assert again.returncode == 1
    assert demo_shell.run("issuer", "link-person", ISSUER, "u-1", "clinician@demo.example").stdout
    trust = listed.split("\t")[0]
    assert demo_shell.run("issuer", "remove", trust).returncode == 0
    assert demo_shell.run("issuer", "remove", trust).returncode == 1
    assert demo_shell.run("issuer", "list").stdout == ""
    assert demo_shell.run(*words, "--keys", keys_file(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--jwks-url", "http://127.0.0.1:1/keys"),
        ("--jwks-url", "https://169.254.169.254/keys", "--allow-private"),
        ("--jwks-url", "file:///etc/passwd"),
        (),
        ("--jwks-url", "https://127.0.0.1/keys", "--allow-private", "--max-age", "13h"),
        ("--jwks-url", "https://127.0.0.1/keys", "--allow-private", "--max-age", "soon"),
    ],
    ids=str,
)
def test_an_issuer_that_cannot_be_asked_is_not_trusted(demo_shell: Shell, wrong: tuple[str, ...]) -> None:
    """Nothing inside the broker's own network, nothing without keys, nothing for longer than half a day."""
    client_id, _ = added(demo_shell, "--grant", "token-exchange")
    done = demo_shell.run("issuer", "add", ISSUER, "--client", client_id, "--audience", "x", *wrong)
    assert done.returncode == 1, done.stdout
    assert demo_shell.run("issuer", "list").stdout == ""


def test_an_issuer_needs_a_client_that_may_exchange(demo_shell: Shell, tmp_path: Path) -> None:
    client_id, _ = added(demo_shell, "--grant", "authorization_code", "--redirect", BACK)
    words = ("issuer", "add", ISSUER, "--client", client_id, "--audience", "x", "--keys", keys_file(tmp_path))
    done = demo_shell.run(*words)
    assert done.returncode == 1
    assert "may not exchange" in done.stderr
