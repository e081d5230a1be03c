"""Somebody else's package brings a kind of site: the one the documentation shows, installed beside the broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.contract.door_system import TOKEN, DoorSystem
from tests.adapters.contract.example import write_package
from tests.cli.shell import Shell
from tests.packaging.conftest import run


@pytest.fixture(scope="module")
def beside(uv: Path, installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A broker in whose environment the package was installed as well."""
    folder = tmp_path_factory.mktemp("third-party")
    package = write_package(folder / "doors-adapter")
    run(uv, "pip", "install", "--no-deps", "--python", installed / "bin/python", package)
    shell = Shell(folder, command=installed / "bin/broker")
    assert shell.run("db", "upgrade").returncode == 0
    return shell


@pytest.fixture
def doors() -> Iterator[DoorSystem]:
    there = DoorSystem()
    yield there
    there.close()


def test_a_third_partys_kind_of_site(beside: Shell, doors: DoorSystem) -> None:
    """The broker offers it, says what it needs and where it falls short, and finds the site well once it may enter."""
    assert "doors" in beside.run("site", "add", "--help").stdout
    added = beside.run("site", "add", "ward", doors.url, "--kind", "doors", "--allow-private")
    assert added.returncode == 0, added.stderr
    assert "Make an account for the broker" in added.stdout
    assert "broker site secret ward token" in added.stdout
    beside.run("site", "secret", "ward", "token", typed=f"{TOKEN}\n")
    examined = beside.run("doctor", "ward")
    assert f"{doors.url} answers: doors 3.2." in examined.stdout
    assert "0 leases are enforced there now." in examined.stdout
    assert "no trace: the doors do not tell" in examined.stdout
    assert "Traceback" not in examined.stderr
