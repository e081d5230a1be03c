from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker.ledger.entry import Entry, Recorded
from broker.ledger.verifying.plain_words import _SENTENCES, in_plain_words

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def told(entry: Entry) -> str:
    return in_plain_words(Recorded(1, NOON, "ab" * 32, entry))


@pytest.mark.parametrize("event", sorted(_SENTENCES))
@pytest.mark.parametrize(
    "facts", [{}, {"cause": ["x"], "read_back": {}, "path": 7, "outcome": "\x1b[2J\n", "minutes": 2.5}]
)
def test_every_step_is_a_sentence_whatever_it_lacks(event: str, facts: dict) -> None:
    """Missing facts, facts of another kind and control characters: one printable line that ends."""
    line = told(Entry(event, "person_a", facts=facts))
    assert line.isprintable()
    assert line.endswith(".")


def test_a_step_without_a_sentence_is_told_by_its_name() -> None:
    """Nothing is left out because this version does not know it."""
    assert told(Entry("grant.newly_invented", "broker")) == "grant.newly_invented, by broker."


def test_who_is_named_where_somebody_knows() -> None:
    """Ids become names for who can look them up, and braces in a name stay what they are."""
    recorded = Recorded(1, NOON, "ab" * 32, Entry("grant.issued", "broker", subject="person_a"))
    assert in_plain_words(recorded, {"person_a": "A {actor}", "broker": ""}.__getitem__) == (
        "Access was granted to A {actor}."
    )
