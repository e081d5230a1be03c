"""README.md and docs/ as tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r'\]\(<?([^)\s>]+)>?\)|(?:src|href)="([^"]+)"')
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    """Every address that is no web address, as it is written."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found = (markdown or html for markdown, html in _LINK.findall(prose))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The headings of a page as a link names them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(page: Path) -> Iterator[str]:
    """Each line of a fenced block and each piece of code in a sentence."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.findall(text):
        yield from (line.strip() for line in block.splitlines()[1:-1])
    for span in _SPAN.findall(_FENCE.sub("", text)):
        yield span.strip()


def rows(page: Path, heading: str) -> list[list[str]]:
    """The body of the first table under a heading, cell by cell, without the marks of code."""
    _, found, section = page.read_text(encoding="utf-8").partition(f"\n{heading}\n")
    if not found:
        raise LookupError(f"{name_of(page)} has no heading {heading!r}")
    lines = section[section.index("\n|") :].lstrip().splitlines()
    table = list(_until_it_ends(lines))
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in table[2:]]


def _until_it_ends(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line
