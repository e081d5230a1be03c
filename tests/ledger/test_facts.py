from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from broker.errors import Invalid
from broker.ledger.entry import Entry
from broker.ledger.facts import MAX_INTEGER, checked


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    BIG = 3


def entry(**facts: Any) -> Entry:
    return Entry("grant.active", "person_a", facts=facts)


def test_plain_facts_are_kept_and_enums_become_their_values() -> None:
    """Text, whole numbers, yes and no, nothing, lists and mappings pass; enums pass as what they stand for."""
    facts = checked(entry(a="x", b=1, c=True, d=None, e=[1, ("y",)], f={"g": Colour.RED}, h=Size.BIG))
    assert facts == {"a": "x", "b": 1, "c": True, "d": None, "e": [1, ["y"]], "f": {"g": "red"}, "h": 3}
    assert type(facts["f"]["g"]) is str
    assert type(facts["h"]) is int


@pytest.mark.parametrize(
    "bad",
    [
        1.5,
        float("nan"),
        b"bytes",
        datetime(2026, 3, 1, tzinfo=UTC),
        {1, 2},
        object(),
        "\ud800",
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        {"two words": 1},
        {1: 1},
        [[[[[[[1]]]]]]],
    ],
)
def test_a_fact_that_json_readers_would_differ_on_is_refused(bad: Any) -> None:
    """Floats, bytes, dates, half characters, huge numbers, odd names and deep nests are no facts."""
    with pytest.raises(Invalid) as caught:
        checked(entry(note=bad))
    assert any(name.startswith("facts.note") for name in caught.value.faults)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Entry("Grant Active", "a"), "event"),
        (Entry("", "a"), "event"),
        (Entry("e" * 65, "a"), "event"),
        (Entry("grant.active", ""), "actor"),
        (Entry("grant.active", None), "actor"),  # type: ignore[arg-type]
        (Entry("grant.active", "a", grant="g" * 201), "grant"),
        (Entry("grant.active", "a", subject="\udc00"), "subject"),
        (Entry("grant.active", "a", request=7), "request"),  # type: ignore[arg-type]
        (Entry("grant.active", "a", facts={"": 1}), "facts"),
    ],
)
def test_a_malformed_field_is_named(entry: Entry, field: str) -> None:
    """The event, the ids and the facts' names are checked, and the fault says which."""
    with pytest.raises(Invalid) as caught:
        checked(entry)
    assert list(caught.value.faults) == [field]


def test_a_refusal_does_not_repeat_what_was_refused() -> None:
    """A fault names the field and never shows its content, which may be about a patient."""
    with pytest.raises(Invalid) as caught:
        checked(entry(note=["CANARY", 1.5, b"CANARY"]))
    assert "CANARY" not in str(caught.value) + str(caught.value.faults)


def test_all_faults_are_reported_at_once() -> None:
    """Two wrong facts and a wrong event give three faults."""
    with pytest.raises(Invalid) as caught:
        checked(Entry("NO", "a", facts={"x": 1.0, "y": b""}))
    assert sorted(caught.value.faults) == ["event", "facts.x", "facts.y"]
