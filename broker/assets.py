"""Finds the folders that ship beside the code: policies, templates, companions."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from broker.errors import ConfigurationError


def asset_folder(name: str) -> Path:
    """The folder ``name`` of an installed wheel, or of the checkout this code runs from."""
    package = Path(str(files("broker")))
    for candidate in (package / "_data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise ConfigurationError(f"The folder {name!r} is neither in the installed package nor beside it.")
