"""A demo that was seeded once, to be copied: most commands need an installation with somebody in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from broker.cli.demo import as_demo, seeded
from broker.demo import kept_password
from broker.settings import Settings
from tests.cli.shell import Shell

DEMO_PASSWORD = "a-password-of-the-demo"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """In a folder with nothing in it."""
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def seeded_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("seeded") / "var"
    password = kept_password(state / "demo-password", DEMO_PASSWORD)
    seeded(as_demo(Settings(state_dir=state)), password).store.engine.dispose()
    return state


@pytest.fixture
def demo_shell(shell: Shell, seeded_state: Path) -> Shell:
    """In a folder where a demo was run before."""
    shutil.copytree(seeded_state, shell.state)
    return shell
