"""The site's standing rule."""

from __future__ import annotations

from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, refused
from tests.adapters.contract.specimen import Cannot, Specimen


def test_a_rule_is_kept_or_refused(specimen: Specimen, broker: Author) -> None:
    """Said again it is done again; a kind that cannot keep one says so instead of nodding."""
    rule = broker.rule(stop=False)
    expected = refused("not_offered") if Cannot.PROTECT in specimen.cannot else DONE
    assert [specimen.adapter.protect(rule) for _ in range(2)] == [expected] * 2
