"""What is written down after the fact says when it happened, in every format."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fhir.resources.auditevent import AuditEvent
from fhir.resources.R4B.auditevent import AuditEvent as AuditEventR4B

from broker.feeds.formats.about import NOTHING, occurred
from broker.feeds.formats.choose import Format, as_lines, as_values
from broker.ledger.entry import Entry, Recorded
from tests.feeds.conftest import TELLER

SAID = "2026-03-01T11:58:00.000000Z"
HAPPENED, WRITTEN = datetime(2026, 3, 1, 11, 58, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(**facts: object) -> Recorded:
    told = {"site": "clinic", "kind": "opened", "account": "ward", "facts": {"object": "order 4"}, **facts}
    return Recorded(7, WRITTEN, "ab" * 32, Entry("site.event", "site:clinic", facts=told))


@pytest.mark.parametrize("name", ["seen_at", "happened_at"])
def test_both_times_are_told(name: str) -> None:
    """The moment it happened and the moment it was written stand apart."""
    late = entry(**{name: SAID})
    values = {shape: as_values(shape, late, NOTHING, TELLER)[0] for shape in Format}
    r4, r5, ocsf = values[Format.FHIR_R4], values[Format.FHIR_R5], values[Format.OCSF]
    AuditEventR4B.model_validate(r4)
    AuditEvent.model_validate(r5)
    assert (r4["period"]["start"], r4["recorded"]) == ("2026-03-01T11:58:00.000Z", "2026-03-01T12:00:00.000Z")
    assert r5["occurredDateTime"] == "2026-03-01T11:58:00.000Z"
    assert (ocsf["time"], ocsf["metadata"]["logged_time"]) == (
        int(HAPPENED.timestamp() * 1000),
        int(WRITTEN.timestamp() * 1000),
    )
    assert f"start={int(HAPPENED.timestamp() * 1000)} " in values[Format.CEF]
    assert f'occurred="{SAID}"' in values[Format.SYSLOG]
    assert values[Format.LEDGER]["occurred"] == SAID


@pytest.mark.parametrize("said", ["yesterday", "", 7, None, "2026-03-01"])
def test_a_time_nobody_can_read_is_none(said: object) -> None:
    """What a site wrote there otherwise breaks no feed."""
    odd = entry(seen_at=said)
    assert occurred(odd) is None
    assert all(as_lines(shape, odd, NOTHING, TELLER) for shape in Format)
