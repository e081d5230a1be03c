"""docs/asvs.md answers for every requirement it promises to answer for."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "asvs.md"
STATES = {"met", "partly", "not met", "operator", "n/a"}
_ROW = re.compile(r"^\| (V[\d.]+) \| (\d) \| (.+?) \| ([a-z/ ]+) \| (.+) \|$")


def _asked() -> dict[str, str]:
    with (Path(__file__).parent / "asvs_5_0.csv").open() as file:
        return {row["requirement"]: row["level"] for row in csv.DictReader(file)}


def _answered() -> list[re.Match[str]]:
    return [found for line in PAGE.read_text().splitlines() if (found := _ROW.match(line))]


def test_every_requirement_has_one_row():
    """Level 1 and 2, and level 3 of business logic, sessions, authorization and tokens; none twice, none made up."""
    assert {row[1]: row[2] for row in _answered()} == _asked()
    assert [name for name, rows in Counter(row[1] for row in _answered()).items() if rows > 1] == []


def test_each_row_says_whether_it_is_met_and_why():
    """One of five words, and never nothing beside it."""
    assert {row[4] for row in _answered()} <= STATES
    assert all(len(row[5]) > 3 for row in _answered())


def test_the_count_at_the_top_is_the_count_of_the_rows():
    """Whoever reads no further reads the truth."""
    counts = Counter(row[4] for row in _answered())
    said = dict(re.findall(r"\*\*(met|partly|not met|operator|n/a)\*\* (\d+)", PAGE.read_text()))
    assert {state: int(number) for state, number in said.items()} == dict(counts)
