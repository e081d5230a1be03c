"""Archives built from this checkout, and an environment that holds the wheel and what the lock names, nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.needs import lacks

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Archives:
    """The wheel made from the checkout, the source archive, and the wheel made from that."""

    direct: Path
    source: Path
    by_source: Path


@pytest.fixture(scope="session")
def uv() -> Path:
    own = ROOT / ".venv-uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    return Path(found) if found else lacks("uv (make environment)")


@pytest.fixture(scope="session")
def archives(uv: Path, tmp_path_factory: pytest.TempPathFactory) -> Archives:
    direct, both = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("both")
    run(uv, "build", "--wheel", "--out-dir", direct, ROOT)
    run(uv, "build", "--out-dir", both, ROOT)
    return Archives(*direct.glob("*.whl"), *both.glob("*.tar.gz"), *both.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(uv: Path, archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment's folder. Versions are those of the lock."""
    folder = tmp_path_factory.mktemp("installed")
    locked, environment = folder / "locked.txt", folder / "environment"
    run(
        uv, "export", "--locked", "--no-dev", "--no-emit-project", "--no-hashes",
        "--project", ROOT, "--output-file", locked,
    )  # fmt: skip
    run(uv, "venv", "--python", sys.executable, environment)
    run(
        uv,
        "pip",
        "install",
        "--python",
        environment / "bin" / "python",
        "--constraint",
        locked,
        archives.direct,
    )
    return environment


def run(*words: object) -> None:
    done = subprocess.run([*map(str, words), "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
