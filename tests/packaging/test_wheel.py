"""What is handed out works where there is no checkout."""

from __future__ import annotations

import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.shell import Serving, Shell
from tests.cli.visitor import Visitor
from tests.packaging.conftest import ROOT, Archives


def names(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        return sorted(archive.namelist())


@pytest.fixture(scope="module")
def elsewhere(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("elsewhere"), command=installed / "bin" / "broker")


@pytest.fixture(scope="module")
def demo(elsewhere: Shell) -> Iterator[Serving]:
    with elsewhere.serving("demo", "run") as served:
        yield served


def test_both_ways_lead_to_the_same_wheel(archives: Archives) -> None:
    """From the checkout, where a link stands for adapters/, and from the source archive, which has none."""
    assert names(archives.direct) == names(archives.by_source)


def test_a_wheel_holds_everything_once_and_nothing_else(archives: Archives) -> None:
    """Each shipped folder file by file; no tests, no compiled leftovers, nothing twice under two names."""
    held = names(archives.direct)
    assert [name for name, times in Counter(held).items() if times > 1] == []
    assert [name for name in held if re.search(r"(^|/)(tests|__pycache__|var)/", name)] == []
    for folder, place in {
        "policies": "broker/_data/policies",
        "templates": "broker/_data/templates",
        "adapters": "broker/adapters",
        "broker/web/static": "broker/web/static",
    }.items():
        there = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if _ships(path)}
        assert there == {Path(name).relative_to(place) for name in held if name.startswith(f"{place}/")}


def test_licences_travel_with_it(archives: Archives) -> None:
    """The broker's and the companion's."""
    licences = [name for name in names(archives.direct) if "/licenses/" in name]
    assert [name.split("/licenses/")[1] for name in licences] == [
        "LICENSE",
        "adapters/wordpress/companion/LICENSE",
    ]


def test_the_source_archive_holds_no_state(archives: Archives) -> None:
    """Nothing of a checkout's var/, environments or caches."""
    with tarfile.open(archives.source) as archive:
        inside = {name.split("/")[1] for name in archive.getnames()}
    assert inside <= {
        ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "adapters", "broker", "docs",
        "policies", "pyproject.toml", "templates",
    }  # fmt: skip


def test_a_demo_is_served_without_a_checkout(demo: Serving) -> None:
    """Templates, style and script are found; the printed sign-in works; a request sends its mails."""
    code = demo.shell.run("demo", "code", "clinician@demo.example").stdout.strip()
    clinician = Visitor(demo.url)
    assert clinician.sign_in("clinician@demo.example", demo.printed_after("Password"), code)
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', clinician.get("/").text)
    assert len(linked) >= 2
    assert [clinician.get(path).status_code for path in linked] == [200] * len(linked)
    asked = clinician.post(
        "/requests/new",
        patient="P-1001",
        entitlement="telehealth-recording",
        purpose="ETREAT",
        reason="unresponsive",
        duration="15",
        path="ordinary",
        code=demo.shell.run("demo", "code", "clinician@demo.example").stdout.strip(),
    )
    assert "Waiting for approval" in asked.text
    assert demo.shell.rows("SELECT count(*) FROM outbox WHERE subject <> ''")[0][0] >= 1


def test_the_companion_and_the_policies_are_found(demo: Serving, installed: Path) -> None:
    """The plugin's folder is printed and exists in the environment; the shipped policy has no faults."""
    added = demo.shell.run("site", "add", "shop", "http://127.0.0.1:9", "--allow-private")
    companion = next(Path(line) for line in added.stdout.splitlines() if line.startswith("/"))
    assert companion.is_relative_to(installed)
    assert (companion / "emergency-access-broker.php").is_file()
    checked = demo.shell.run("policy", "check")
    assert (checked.returncode, "No faults" in checked.stdout) == (0, True)


def test_the_magento_module_is_found(demo: Serving, installed: Path) -> None:
    """Its folder is printed and exists in the environment, with the files that declare it."""
    added = demo.shell.run(
        "site", "add", "store", "http://127.0.0.1:9", "--allow-private", "--kind", "magento"
    )
    module = next(Path(line[8:]) for line in added.stdout.splitlines() if line.startswith("1. Copy "))
    assert module.is_relative_to(installed)
    for name in ("registration.php", "composer.json", "etc/module.xml", "etc/di.xml", "Model/Front.php"):
        assert (module / name).is_file(), name


def _ships(path: Path) -> bool:
    return path.is_file() and not {"__pycache__", "tests"} & set(path.relative_to(ROOT).parts)
