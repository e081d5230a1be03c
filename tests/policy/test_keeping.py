from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broker.policy.catalog import Catalog
from broker.policy.faults import PolicyFaults
from broker.policy.keeping import USUAL_KEEPING
from broker.policy.load import load_catalog

SHIPPED = Path(__file__).parents[2] / "policies"


def loaded(folder: Path, *written: str) -> Catalog:
    """The shipped files and some of one's own."""
    for place, text in enumerate(written):
        (folder / f"own-{place}.yaml").write_text(f"version: 1\n{text}\n", encoding="utf-8")
    return load_catalog([*SHIPPED.glob("*.yaml"), *folder.glob("*.yaml")])


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    """Nothing said keeps notes, reaches back six years, and names nobody to a patient; the digest is as before."""
    said = loaded(tmp_path, "disclosures: {reach: 2192d, staff: role}")
    assert said.keeping == USUAL_KEEPING
    assert said.digest == load_catalog(SHIPPED).digest


def test_what_is_said_is_meant(tmp_path: Path) -> None:
    """Both sections, in files of their own."""
    said = loaded(tmp_path, "retention: {notes: 400d}", "disclosures: {reach: 3650d, staff: name}")
    assert (said.keeping.notes, said.keeping.accounting) == (timedelta(days=400), timedelta(days=3650))
    assert said.keeping.name_staff
    assert said.digest != load_catalog(SHIPPED).digest


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("retention: {notes: 29d}", "own-0.yaml:2: Keep notes for 30 days at least"),
        ("retention: {notes: for ever}", "not a duration"),
        ("retention: {history: 6d}", 'Unknown key "history"'),
        ("disclosures: {reach: 2189d}", "do not reach less far"),
        ("disclosures: {staff: email}", 'cannot be "email"'),
    ],
)
def test_a_contradiction_is_refused(tmp_path: Path, written: str, fault: str) -> None:
    """With its file, its line, and what to write instead."""
    with pytest.raises(PolicyFaults) as found:
        loaded(tmp_path, written)
    assert fault in str(found.value)


def test_notes_outlast_the_reviews_of_the_same_file(tmp_path: Path) -> None:
    """Nobody can review what was erased."""
    whole = (SHIPPED / "broker.yaml").read_text() + (SHIPPED / "telehealth.yaml").read_text().split(
        "version: 1"
    )[1].replace("review_within: 24h", "review_within: 60d")
    (tmp_path / "whole.yaml").write_text(whole + "\nretention: {notes: 45d}\n")
    with pytest.raises(PolicyFaults, match="outlast the longest review deadline, 60 days"):
        load_catalog(tmp_path / "whole.yaml")


def test_two_files_do_not_both_say_it(tmp_path: Path) -> None:
    """The second one is told where the first one stands."""
    with pytest.raises(PolicyFaults, match=r"What holds for retention is said in .*own-0\.yaml:2 already"):
        loaded(tmp_path, "retention: {notes: 400d}", "retention: {notes: 500d}")
