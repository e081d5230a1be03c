"""The parts of a bundle that are prose: templates/evidence/, filled with the figures of the days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker.assets import asset_folder

_PARTS = (("README.txt", "readme.txt"), ("controls.md", "controls.md"))


def narrate(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names in the bundle, and their text. A word that is missing is an error, not a gap."""
    environment = Environment(
        loader=FileSystemLoader(asset_folder("templates") / "evidence"),
        autoescape=False,  # noqa: S701 - plain text and Markdown, of codes and figures alone
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name, template in _PARTS:
        yield name, environment.get_template(template).render(said)
