"""The shop the tests run on does what the real WooCommerce was seen to do."""

from __future__ import annotations

import json

import pytest

from tests.live.shop.conftest import Counter
from tests.live.shop.contract import FILE, PROBES, Seen, observe, recorded

pytestmark = pytest.mark.live


def test_the_record_is_of_these_probes() -> None:
    """Each probe was put to the real WooCommerce, and its versions are named."""
    record = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(record["recorded_from"]) == {"wordpress", "woocommerce"}
    for when in ("before", "during"):
        assert list(record[when]) == [probe.name for probe in PROBES]


@pytest.mark.parametrize("when", ["before", "during"])
def test_as_recorded(counter: Counter, when: str) -> None:
    """Statuses and the hooks a lease depends on, with their arguments, are those of the record."""
    if when == "during":
        counter.give("notes")
    session = counter.log_in()
    record = recorded(when, counter.shop.storage)
    differing = [
        difference
        for probe in PROBES
        if (difference := _difference(probe.name, observe(counter, session, probe), record[probe.name]))
    ]
    assert not differing, "\n".join(differing)


def _difference(name: str, seen: Seen, recorded: Seen) -> str:
    if seen == recorded:
        return ""
    here = [hook for hook in seen["hooks"] if hook not in recorded["hooks"]]
    there = [hook for hook in recorded["hooks"] if hook not in seen["hooks"]]
    return f"{name}: {seen['status']}, recorded {recorded['status']}; only here {here}; only there {there}"
