"""The adapter that docs/adapter-protocol.md shows, taken from there word by word."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[3] / "docs/adapter-protocol.md"
NAME = "doors_adapter"


def written(language: str) -> str:
    """The block in this language under "Writing an adapter"."""
    section = PAGE.read_text(encoding="utf-8").split("\n## Writing an adapter\n")[1].split("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    if len(found) != 1:
        raise LookupError(f"the section shows {len(found)} blocks of {language}")
    return str(found[0])


def load() -> ModuleType:
    module = ModuleType(NAME)
    exec(compile(written("python"), str(PAGE), "exec"), module.__dict__)
    return module


def write_package(folder: Path) -> Path:
    """The package as its author would have it; answers its folder."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(written("toml"), encoding="utf-8")
    (folder / f"{NAME}.py").write_text(written("python"), encoding="utf-8")
    return folder
