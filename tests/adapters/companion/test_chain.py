"""The chain of a site's events, as Python and both PHP sides write and prove it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker.adapters.companion.answers import read_events
from broker.adapters.companion.chain import NOTHING, ChainBroken, verify_chain
from tests.vectors import make_event_vectors

FILE = Path(__file__).parents[2] / "vectors/events.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS["pages"]])
def test_page(case: dict[str, Any]) -> None:
    """A page is proven to its last event, or the first event that does not fit is named with its fault."""
    assert _verdict(case) == (case["expect"], case["seq"])


def test_what_was_written_is_read() -> None:
    """Account, grant, kind, time and facts come out as they went in, in every script."""
    page = next(case["page"] for case in VECTORS["pages"] if case["name"] == "from the beginning")
    proven = verify_chain(0, NOTHING, read_events(page))
    for event, written in zip(proven, VECTORS["events"], strict=True):
        assert event.at == datetime.fromtimestamp(written["at"], UTC)
        fields = {name: getattr(event, name) for name in ("seq", "hash", "kind", "account", "grant", "facts")}
        assert fields == {name: written[name] for name in fields}


def test_events_before_the_break_are_kept() -> None:
    """What was proven before the first fault is not lost."""
    page = next(case["page"] for case in VECTORS["pages"] if case["name"] == "a row edited")
    with pytest.raises(ChainBroken) as raised:
        verify_chain(0, NOTHING, read_events(page))
    assert [event.kind for event in raised.value.proven] == ["signed_in"]


def test_vectors_are_what_the_maker_makes() -> None:
    """The committed vectors are exactly what their maker writes today."""
    assert FILE.read_text(encoding="utf-8") == make_event_vectors.text()


def _verdict(case: dict[str, Any]) -> tuple[str, int]:
    try:
        proven = verify_chain(case["after"], case["previous"], read_events(case["page"]))
    except ChainBroken as broken:
        return broken.fault.value, broken.seq
    return "ok", proven[-1].seq if proven else case["after"]
