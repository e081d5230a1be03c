"""Every measurement runs and gives figures; how large they are is nobody's business here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import SUBJECTS
from tests.benchmarks.large_history.__main__ import QUESTIONS
from tests.benchmarks.measure import Figure, Spread, figure
from tests.benchmarks.real_shops import woocommerce
from tests.benchmarks.sizes import TINY
from tests.benchmarks.table import number, table
from tests.live.wordpress_site import missing_packages
from tests.needs import lacks


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each, marks=pytest.mark.live if each == "wordpress" else ())
        for each in SUBJECTS
        if each != "shops"
    ],
)
def test_it_measures(name: str, tmp_path: Path) -> None:
    """With next to nothing to do, each subject still gives rows with a ratio of its two sides."""
    if name == "wordpress" and (missing := missing_packages()):
        lacks(", ".join(f"{each} (Debian package)" for each in missing))
    figures = list(SUBJECTS[name](TINY, tmp_path))
    assert figures
    if name in {"ledger", "history"}:
        assert any("PostgreSQL" in each.what for each in figures)
    for each in figures:
        assert each.bare.least > 0
        assert each.ratio.least <= each.ratio.median <= each.ratio.most
    assert len(table(figures).splitlines()) == len(figures) + 2


@pytest.mark.live
def test_a_shop_is_measured_like_any_site(tmp_path: Path) -> None:
    """Here with the stub of WooCommerce; the rows are named by the versions that answered."""
    if missing := missing_packages():
        lacks(", ".join(f"{each} (Debian package)" for each in missing))
    figures = list(woocommerce(TINY, tmp_path))
    assert all("WooCommerce" in each.what for each in figures)
    assert len(figures) == 6


def test_a_ratio_is_made_round_by_round() -> None:
    """A machine that is slow for one round is slow for both sides of it."""
    made = figure("a", "b", "ms", ours=[2.0, 30.0, 4.0], bare=[1.0, 10.0, 4.0])
    assert made == Figure("a", "b", "ms", Spread(4, 2, 30), Spread(4, 1, 10), Spread(2, 1, 3))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (12_345.6, "12,300"),
        (1_234_567, "1,230,000"),
        (123.4, "123"),
        (1.234, "1.23"),
        (0.01234, "0.0123"),
        (1.0, "1"),
    ],
)
def test_three_digits_count(value: float, written: str) -> None:
    """No figure pretends to more than it knows."""
    assert number(value) == written


def test_the_large_history_measures(tmp_path: Path) -> None:
    """With hardly any grants every question, the pictures and the file give a figure."""
    small = ["--grants", "100", "300", "--file", "300", "--rounds", "2"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.large_history", *small],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout.count("\n| ") == len(QUESTIONS) + 2
    assert "Five pictures of the last 90 days, 300 grants" in run.stdout
    assert "peak of memory" in run.stdout
