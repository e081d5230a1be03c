"""The companion's own tests, run by PHP."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from broker.adapters.wordpress.companion_files import FOLDER
from tests.needs import lacks


@pytest.fixture
def php() -> str:
    found = shutil.which("php") or lacks("php-cli (PHP 7.4 or later)")
    modules = subprocess.run([found, "-m"], capture_output=True, text=True, check=True).stdout.split()
    return found if "pdo_sqlite" in modules else lacks("php-sqlite3 (PHP's SQLite)")


def test_companion_passes_its_own_tests(php: str) -> None:
    """Signature vectors, lease register and never-grant list hold in PHP too."""
    done = subprocess.run(
        [php, str(FOLDER.parent / "tests/run.php")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_php_file_parses(php: str) -> None:
    """No PHP file of the companion has a syntax error."""
    files = sorted(str(path) for path in FOLDER.parent.rglob("*.php"))
    script = "foreach (array_slice($argv, 1) as $f) { token_get_all(file_get_contents($f), TOKEN_PARSE); }"
    done = subprocess.run([php, "-r", script, *files], capture_output=True, text=True, check=False)
    assert len(files) > 20
    assert done.returncode == 0, done.stdout + done.stderr


def test_companion_is_gpl() -> None:
    """The plugin says GPL-2.0-or-later and carries the licence's text."""
    header = (FOLDER / "emergency-access-broker.php").read_text(encoding="utf-8")
    assert "GPL-2.0-or-later" in header
    assert "GNU GENERAL PUBLIC LICENSE" in (FOLDER.parent / "LICENSE").read_text(encoding="utf-8")
