"""The Magento module's own tests, run by PHP against a real MariaDB, and its files."""

from __future__ import annotations

import subprocess
from xml.etree import ElementTree as ET

import pytest

from broker.adapters.magento.module_files import FOLDER, module_version

TESTS = FOLDER.parent.parent / "tests"
XML = sorted(FOLDER.rglob("*.xml"))


@pytest.mark.live
def test_module_passes_its_own_tests(php: str, dsn: str) -> None:
    """Register, mark, chain, containment and never-grant list hold in the shop's own language and database."""
    done = subprocess.run([php, str(TESTS / "run.php"), dsn], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_php_file_parses(php: str) -> None:
    """No PHP file of the module has a syntax error."""
    files = sorted(str(path) for path in FOLDER.parent.parent.rglob("*.php"))
    script = "foreach (array_slice($argv, 1) as $f) { token_get_all(file_get_contents($f), TOKEN_PARSE); }"
    done = subprocess.run([php, "-r", script, *files], capture_output=True, text=True, check=False)
    assert len(files) > 40
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in XML])
def test_every_xml_file_is_well_formed(path) -> None:
    """Magento refuses to start on a broken file."""
    ET.fromstring(path.read_text(encoding="utf-8"))


def test_the_domain_needs_no_magento() -> None:
    """What is tested here without Magento is what runs in it: the model names no class of Magento's."""
    for path in (FOLDER / "Model").rglob("*.php"):
        assert "Magento\\" not in path.read_text(encoding="utf-8"), path.name


def test_version_is_one() -> None:
    """The module tells the version its package names, which is the one this broker expects."""
    telling = (FOLDER / "Site/RunningSite.php").read_text(encoding="utf-8")
    assert f"VERSION = '{module_version()}'" in telling
