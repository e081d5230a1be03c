from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broker.policy.catalog import Catalog
from broker.policy.faults import PolicyFaults
from broker.policy.load import load_catalog
from broker.policy.reviewing import USUAL_ODDITIES, USUAL_REVIEWS

SHIPPED = Path(__file__).parents[2] / "policies"


def loaded(folder: Path, *written: str) -> Catalog:
    """The shipped files and some of one's own."""
    for place, text in enumerate(written):
        (folder / f"own-{place}.yaml").write_text(f"version: 1\n{text}\n", encoding="utf-8")
    return load_catalog([*SHIPPED.glob("*.yaml"), *folder.glob("*.yaml")])


def faults(folder: Path, *written: str) -> str:
    with pytest.raises(PolicyFaults) as found:
        loaded(folder, *written)
    return str(found.value)


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    """Nothing said and the usual said are one policy, with one digest."""
    silent = load_catalog(SHIPPED)
    said = loaded(tmp_path, "reviews:\n  safety_override: {allowed: on}\noddities: {window: 28d}")
    assert (said.reviews, said.oddities) == (USUAL_REVIEWS, USUAL_ODDITIES)
    assert said.digest == silent.digest


def test_every_value_can_be_said(tmp_path: Path) -> None:
    """What is written is what is meant, and changes the digest."""
    said = loaded(
        tmp_path,
        "reviews:\n  second_opinion: {outcomes: [misuse, drill], within: 2d}\n  reopened_within: 1d\n"
        "  safety_override: {allowed: off}\n"
        "oddities:\n  off: [odd_hours]\n  over_use: {at_least: 4, times_others: 5}\n"
        "  glass_after_no: {within: 10m}\n  after_the_end: {at_least: 7}",
    )
    assert said.reviews.second_opinion_for == {"misuse", "drill"}
    assert said.reviews.second_opinion_within == timedelta(days=2)
    assert said.reviews.reopened_within == timedelta(days=1)
    assert said.reviews.override_within is None
    assert said.oddities.off == {"odd_hours"}
    assert (said.oddities.over_use.at_least, said.oddities.over_use.times_others) == (4, 5)
    assert said.oddities.glass_after_no.within == timedelta(minutes=10)
    assert said.oddities.after_the_end == 7
    assert said.digest != load_catalog(SHIPPED).digest


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("reviews: {second_opinion: {outcomes: [treason]}}", "cannot be"),
        ("reviews: {safety_override: {allowed: off, review_within: 2h}}", "Nobody may override"),
        ("oddities: {window: 1h}", "one day at least"),
        ("oddities: {before: 900d}", "366d at most"),
        ("oddities: {over_use: {times_others: 1}}", "times_others"),
        ("oddities: {never_used: {percent: 101}}", "percent"),
        ("oddities: {off: [weather]}", "cannot be"),
        ("oddities: {typo: 1}", "Unknown key"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, written: str, words: str) -> None:
    """The file and the key are named, and nothing is taken for something else."""
    said = faults(tmp_path, written)
    assert words in said
    assert "own-0.yaml" in said


@pytest.mark.parametrize("section", ["reviews: {reopened_within: 1d}", "oddities: {window: 7d}"])
def test_one_file_says_it(tmp_path: Path, section: str) -> None:
    """Two files that say how reviews go are a fault, not a coin tossed."""
    assert "is said in" in faults(tmp_path, section, section)
