from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.policy.durations import in_words, parse_duration


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("15m", 15), ("1h", 60), ("1h30m", 90), ("90m", 90), ("24h", 1440), ("7d", 10080)],
)
def test_written_durations_are_read(written: str, minutes: int) -> None:
    """Days, hours and minutes, alone or together, are durations."""
    assert parse_duration(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0m",
        "0h0m",
        "15",
        15,
        1.5,
        True,
        None,
        "15 m",
        "-5m",
        "1m1h",
        "15s",
        "PT15M",
        "1:30",
        "١٥m",
        "9" * 9 + "m",
        "1h\n",
    ],
)
def test_anything_else_is_refused(written: object) -> None:
    """A duration without a clear unit, or without any length, is refused instead of guessed at."""
    with pytest.raises(ValueError, match="such as 15m"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "no time"),
        (-5, "no time"),
        (1, "1 minute"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (1440, "24 hours"),
        (10080, "7 days"),
    ],
)
def test_durations_are_said_in_words(minutes: int, words: str) -> None:
    """People read whole units, singular where there is one."""
    assert in_words(timedelta(minutes=minutes)) == words


@given(st.integers(min_value=1, max_value=99_999))
def test_minutes_survive_writing_and_reading(minutes: int) -> None:
    """Any whole number of minutes is read back as it was written."""
    assert parse_duration(f"{minutes}m") == timedelta(minutes=minutes)
