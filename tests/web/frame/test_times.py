"""How times are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from broker.web.frame import times
from tests.web.house import House

AT = datetime(2026, 3, 29, 12, 5, 9, tzinfo=UTC)


def test_a_time_is_local_with_its_zone_and_utc_beside_it(house_with: Callable[..., House]):
    """On the day the clocks change, the zone is the one that holds at that time."""
    house = house_with(time_zone="Europe/Berlin")
    with house.app.test_request_context(base_url=house.parts.settings.base_url):
        assert times.local(AT) == "29 Mar 2026, 14:05 CEST"
        assert times.clock(AT) == "14:05 CEST"
        assert times.local(AT - timedelta(days=1)) == "28 Mar 2026, 13:05 CET"
    assert times.utc(AT) == "2026-03-29 12:05:09 UTC"
    assert times.iso(AT) == "2026-03-29T12:05:09Z"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1800, "30 minutes left"),
        (119.5, "2 minutes left"),
        (119, "1 minute left"),
        (60, "1 minute left"),
        (59, "59 seconds left"),
        (0.2, "1 second left"),
        (0, "ended"),
        (-5, "ended"),
    ],
)
def test_what_is_left_is_rounded_so_that_nobody_is_surprised(house: House, seconds: float, words: str):
    """Whole minutes that are really there, then seconds, and ended at the end."""
    ends_at = house.clock.now() + timedelta(seconds=seconds)
    with house.app.test_request_context(base_url=house.parts.settings.base_url):
        assert times.minutes_left(ends_at) == words


def test_a_zone_nobody_knows_is_refused_at_the_start():
    """Better than times in a zone that nobody meant."""
    from broker.settings import Settings

    for zone in ("Berlin", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="zone"):
            Settings(time_zone=zone)
