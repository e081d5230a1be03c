"""``broker keys`` as a shell runs it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.cli.shell import Inside, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def ringing(demo_shell: Shell) -> Shell:
    """A demo whose ring was filled."""
    assert demo_shell.run("keys", "rotate").returncode == 0
    return demo_shell


def shown(shell: Shell, use: str = "tokens") -> dict[str, str]:
    """State by key, as it is printed."""
    lines = [line.split("\t") for line in shell.run("keys", "show", "--all").stdout.splitlines()]
    return {line[0]: line[3] for line in lines if line[1] == use}


def of(state: str, keys: dict[str, str]) -> str:
    (kid,) = [kid for kid, each in keys.items() if each == state]
    return kid


def test_a_key_is_rotated_and_shown(ringing: Shell) -> None:
    """Asked for early it says from when; with --now it signs at once, and the other stays for a while."""
    before = shown(ringing)
    early = ringing.run("keys", "rotate").stdout
    assert early.startswith(f"{of('next', before)} signs tokens from ")
    assert shown(ringing) == before
    ringing.run("keys", "rotate", "--now")
    after = shown(ringing)
    assert of("current", after) == of("next", before)
    assert of("old", after) == of("current", before)


def test_a_leaked_key_ends_at_once(ringing: Shell) -> None:
    """It needs --now, ends that key alone, and says how long others may believe it."""
    leaked = of("current", shown(ringing))
    refused = ringing.run("keys", "rotate", "--compromised", leaked)
    assert (refused.returncode, "--now" in refused.stderr) == (1, True)
    done = ringing.run("keys", "rotate", "--now", "--compromised", leaked)
    assert "at most 5 minutes later" in done.stdout
    assert shown(ringing)[leaked] == "withdrawn"
    assert leaked not in ringing.run("keys", "show").stdout
    unknown = ringing.run("keys", "rotate", "--now", "--compromised", "nobody")
    assert (unknown.returncode, "broker keys show" in unknown.stderr) == (1, True)


def test_links_have_keys_of_their_own(ringing: Shell) -> None:
    """--links turns those and no other."""
    tokens, links = shown(ringing), shown(ringing, "links")
    ringing.run("keys", "rotate", "--links", "--now")
    assert shown(ringing) == tokens
    assert of("current", shown(ringing, "links")) == of("next", links)


def test_a_key_is_withdrawn_by_force_only(ringing: Shell) -> None:
    """What it signed may live, so that somebody has to say that it leaked."""
    signing = of("current", shown(ringing))
    assert "signs now" in ringing.run("keys", "withdraw", signing).stderr
    assert ringing.run("keys", "withdraw", signing, "--force").returncode == 0
    assert shown(ringing)[signing] == "withdrawn"


def test_nothing_secret_is_printed(ringing: Shell) -> None:
    """Neither a private half nor a key-encryption key is on any screen."""
    folder = ringing.state / "keys" / "recordings"
    secrets = [file.read_bytes().hex() for file in folder.iterdir()]
    for words in (("show", "--all"), ("rotate", "--now"), ("recordings", "show"), ("recordings", "rotate")):
        said = ringing.run("keys", *words).stdout
        assert not any(secret in said for secret in secrets)
        assert '"d"' not in said


def test_recordings_follow_a_new_key(ringing: Shell) -> None:
    """Everything is wrapped anew, the old key is needed no longer, and what is stored opens without it."""
    before = ringing.run("keys", "recordings", "show").stdout
    assert before.startswith("kek-0001\twraps from now on\t")
    held = int(before.split("\t")[2].split()[0])
    assert held > 0
    done = ringing.run("keys", "recordings", "rotate")
    assert done.returncode == 0, done.stderr
    assert f"{held} recordings and 4 signing keys were moved" in done.stdout
    (ringing.state / "keys" / "recordings" / "kek-0001.key").unlink()
    assert ringing.run("doctor").returncode == 0
    assert ringing.run("keys", "recordings", "show").stdout.startswith("kek-0002")
    again = ringing.run("keys", "recordings", "rewrap").stdout
    assert again == "0 recordings and 0 signing keys were moved to it.\n"


def test_what_does_not_open_is_named(ringing: Shell) -> None:
    """With the key gone that wrapped them, everything is listed as stuck and the exit status is 1; the doctor says it too."""
    folder = ringing.state / "keys" / "recordings"
    ringing.run("keys", "recordings", "rotate")
    (folder / "kek-0002.key").rename(folder.parent / "kek-0002.key")
    (folder / "kek-0003.key").touch(0o600)
    (folder / "kek-0003.key").write_bytes(bytes(32))
    stuck = ringing.run("keys", "recordings", "rewrap")
    assert (stuck.returncode, stuck.stdout.count("stays as it is") > 4) == (1, True)
    examined = ringing.run("doctor")
    assert (examined.returncode, "kek-0002" in examined.stdout) == (1, True)


def test_real_processes_that_rotate_at_once(tmp_path: Path, ringing: Shell) -> None:
    """Four shells at the same moment: each rotates or is refused in a sentence, and one key signs in the end."""
    shells = Shell(ringing.folder)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: shells.run("keys", "rotate", "--now"), range(4)))
    assert not [each.stderr for each in done if "Traceback" in each.stderr]
    assert any(each.returncode == 0 for each in done)
    after = list(shown(ringing).values())
    assert (after.count("current"), after.count("next")) == (1, 1)


def published(url: str) -> list[str]:
    answer = requests.get(f"{url}/oauth/jwks", timeout=5)
    return [key["kid"] for key in answer.json()["keys"]]


def until(wanted: Callable[[], bool]) -> None:
    """Fails when it does not come about within seconds."""
    for _ in range(100):
        if wanted():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


def test_a_serving_broker_follows_a_rotation_beside_it(tmp_path: Path) -> None:
    """Without a restart the leaked key leaves the published ones within seconds; a key service that is gone takes none away."""
    shell = Shell(tmp_path)
    with shell.serving("serve") as served:
        until(lambda: len(published(served.url)) == 2)
        leaked = of("current", shown(shell))
        assert shell.run("keys", "rotate", "--now", "--compromised", leaked).returncode == 0
        until(lambda: leaked not in published(served.url))
        assert len(published(served.url)) == 2
        for file in (shell.state / "keys" / "recordings").iterdir():
            file.unlink()
        assert shell.run("doctor").returncode == 1
        assert len(published(served.url)) == 2
        assert requests.get(f"{served.url}/healthz", timeout=5).text == "ok\n"
