"""A resource server takes nothing of the broker along but the check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("flask", "sqlalchemy", "pydantic", "authlib", "alembic", "gunicorn")


def test_no_framework_and_no_database() -> None:
    """A process that imports broker.verify has loaded none of them."""
    script = f"import sys, broker.verify; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"
