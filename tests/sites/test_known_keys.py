"""``broker doctor`` says whether a site knows its broker by the right keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker.sites.known_keys import key_findings
from broker.sites.register import Site

SITE = Site("clinic", "fake", "The clinic", "https://clinic.example", False, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("known", "ring", "good", "said"),
    [
        (("a",), ("a",), [True], "right keys"),
        (("a",), ("a", "b"), [False], "does not know every key"),
        (("a", "z"), ("a",), [False], "still trusts a key"),
        (("z",), ("a",), [False, False], "broker site pairing clinic"),
        ((), ("a",), [], ""),
    ],
)
def test_keys_are_compared(known, ring, good, said):
    """Too few and too many both lead to pairing it again; a site that keeps no key is not asked."""
    found = list(key_findings(SITE, known, ring))
    assert [each.good for each in found] == good
    assert not found or any(said in each.words for each in found)
