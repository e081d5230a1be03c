"""The lifecycles as the glossary shows them are the ones the code has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from broker.access import containment, grant, request
from broker.identity.factors.lost import reset
from broker.retention import before_time
from broker.review.queue import owed
from broker.revocation.reconcile.drift import ACTS, ALWAYS, NOT_BY_US, DriftKind
from tests.docs.pages import ROOT, rows

GLOSSARY = ROOT / "docs" / "glossary-and-lifecycles.md"


@pytest.mark.parametrize(
    ("heading", "moves"),
    [
        ("### A request", request.MOVES),
        ("### A grant", grant.MOVES),
        ("### A review", owed.MOVES),
        ("### An order", containment.MOVES),
        ("### A plea for help", reset.MOVES),
        ("### An erasure before its time", before_time.MOVES),
    ],
    ids=["request", "grant", "review", "order", "plea", "erasure"],
)
def test_the_table_is_the_codes(heading: str, moves: Mapping[StrEnum, frozenset[StrEnum]]) -> None:
    """Each state has one row, and each row names exactly the states that may follow."""
    documented = [(row[0], _states(row[1])) for row in rows(GLOSSARY, heading)]

    assert documented == [(str(state), set(map(str, after))) for state, after in moves.items()]


def test_every_kind_of_drift_is_explained() -> None:
    """What is put right unasked, by a person, or by somebody on the site, is what the code does."""
    documented = {row[0]: row[2].partition(":")[0] for row in rows(GLOSSARY, "### Kinds of drift")}
    special = dict.fromkeys(ALWAYS, "always") | dict.fromkeys(NOT_BY_US, "on the site")
    special |= {kind: "a person confirms it" for kind, act in ACTS.items() if act == "Confirm"}

    assert set(documented) == {str(kind) for kind in DriftKind}
    assert {kind: documented[kind] for kind in special} == {str(kind): how for kind, how in special.items()}


def test_every_cause_of_an_end_is_explained() -> None:
    """Nobody reads a cause in the history that the glossary does not know."""
    documented = [row[0] for row in rows(GLOSSARY, "### Why a grant ends")]

    assert documented == [str(cause) for cause in grant.Cause]


def _states(cell: str) -> set[str]:
    return {state.strip() for state in cell.split(",")} - {"nothing: it is final"}
