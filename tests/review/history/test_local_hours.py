from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select

from broker.review.history.local_hours import EARLIEST, LATEST, local_hour, local_weekday, offsets
from broker.store import Store, UTCDateTime

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
]
INSTANTS = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)


@given(INSTANTS, st.sampled_from(ZONES))
def test_the_offset_of_every_instant_is_the_zones_own(at: datetime, name: str) -> None:
    """Through every change of the clocks, to the second, in zones of whole, half and odd hours."""
    zone = ZoneInfo(name)
    spans = offsets(zone, EARLIEST, LATEST)
    found = next((seconds for until, seconds in spans if at < until), spans[-1][1])
    assert timedelta(seconds=found) == at.astimezone(zone).utcoffset()


@pytest.mark.parametrize("name", ZONES)
def test_the_database_counts_hours_and_days_as_the_zone_does(any_store: Store, name: str) -> None:
    """On SQLite and on PostgreSQL, around each change of the clocks and the end of a week."""
    zone = ZoneInfo(name)
    changes = [until for until, _ in offsets(zone, EARLIEST, datetime(2027, 1, 1, tzinfo=UTC))]
    near = [datetime(2026, 3, 1, 23, 30, tzinfo=UTC), *changes]
    instants = [at + timedelta(seconds=by) for at in near for by in (-1, 0, 1800, 3600)]
    instants = [at for at in instants if at < changes[-1] or at.year == 2026]
    with any_store.read() as reader:
        for at in instants:
            column = literal(at, UTCDateTime)
            row = reader.execute(select(local_hour(column, zone), local_weekday(column, zone))).one()
            local = at.astimezone(zone)
            assert tuple(row) == (local.hour, local.weekday()), at
