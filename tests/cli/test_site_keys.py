"""``broker site keys`` as a shell runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.adapters.pairing import read_pairing
from tests.cli.shell import Inside, Shell, free_port

PAIRING = re.compile(r"EMERGENCY_ACCESS_PAIRING', '([^']+)'")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


def test_keys_are_changed_step_by_step(demo_shell: Shell) -> None:
    """With no site to wait for: prepared, used, retired, and shown at each step."""
    keys = ("site", "keys")
    assert demo_shell.run(*keys, "switch").returncode == 1
    (first,) = demo_shell.run(*keys, "show").stdout.split("\n")[:1]
    prepared = demo_shell.run(*keys, "prepare").stdout.split()[0]
    assert demo_shell.run(*keys, "show").stdout == f"{first}\n{prepared}\tnext\n"
    assert demo_shell.run(*keys, "switch").returncode == 0
    assert demo_shell.run(*keys, "show").stdout == f"{prepared}\tcurrent\n{first.split()[0]}\told\n"
    assert demo_shell.run(*keys, "retire").returncode == 0
    assert demo_shell.run(*keys, "show").stdout == f"{prepared}\tcurrent\n"
    assert "There is no old key" in demo_shell.run(*keys, "retire").stderr


def test_a_pairing_carries_every_key_and_a_silent_site_holds_the_switch(demo_shell: Shell) -> None:
    """Both keys are pasted into the site; until it is asked and knows them, nothing is switched but by force."""
    demo_shell.run("site", "add", "shop", f"http://127.0.0.1:{free_port()}", "--allow-private")
    demo_shell.run("site", "keys", "prepare")
    found = PAIRING.search(demo_shell.run("site", "pairing", "shop").stdout)
    assert found
    assert len(read_pairing(found.group(1)).keys) == 2
    refused = demo_shell.run("site", "keys", "switch")
    assert (refused.returncode, "shop: The site cannot be reached" in refused.stderr) == (1, True)
    assert "shop: The site cannot be reached" in demo_shell.run("site", "keys", "show").stdout
    assert demo_shell.run("site", "keys", "switch", "--force").returncode == 0
