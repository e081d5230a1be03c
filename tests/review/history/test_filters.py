from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Invalid
from broker.review.history.filters import Filters, Shown, Weekday

IDS = st.none() | st.from_regex(r"\A[a-z]{3,6}_[0-9a-f]{20}\Z")
CODES = st.none() | st.from_regex(r"\A[A-Z]{3,6}\Z")
HOURS = st.none() | st.integers(0, 23)
DAYS = st.none() | st.dates()


@given(
    st.builds(
        Filters,
        person=IDS,
        patient=IDS,
        site=IDS,
        state=st.none() | st.sampled_from(Shown),
        first_day=DAYS,
        break_glass=st.booleans(),
        entitlement=CODES,
        purpose=CODES,
        reason=CODES,
        approver=IDS,
        review=st.none() | st.sampled_from(["due", "overdue", "none", "misuse"]),
        weekday=st.none() | st.sampled_from(Weekday),
        earliest_hour=HOURS,
        before_hour=HOURS,
        oldest_first=st.booleans(),
    )
)
def test_an_address_says_the_same_question_again(filters: Filters) -> None:
    """What is written into an address is read back from it unchanged."""
    assert Filters.from_query(filters.to_query()) == filters


def test_nothing_asked_is_an_empty_address() -> None:
    """The plain history has the plain address."""
    assert Filters().to_query() == {}
    assert Filters.from_query({"person": "", "from": " ", "after": "grant_1"}) == Filters()


def test_every_bad_field_is_named_at_once() -> None:
    """A spoiled address says what is wrong with each of its parts, and repeats none of it."""
    with pytest.raises(Invalid) as invalid:
        Filters.from_query({"person": "<b>", "patient": "P-1001", "state": "x", "from": "1.3.2026"})
    assert set(invalid.value.faults) == {"person", "patient", "state", "from"}
    assert "P-1001" not in str(invalid.value.faults)


@pytest.mark.parametrize("hour", ["24", "-1", "٣", "²", "1e1", "007", "9" * 5000, "x"])
def test_an_hour_is_one_of_the_day(hour: str) -> None:
    """Nothing but 0 to 23 in plain digits; whatever else is there is said to be wrong, and not repeated."""
    with pytest.raises(Invalid) as invalid:
        Filters.from_query({"earliest_hour": hour, "weekday": "someday", "purpose": "<b>"})
    assert set(invalid.value.faults) == {"earliest_hour", "weekday", "purpose"}


def test_the_last_day_may_not_come_before_the_first() -> None:
    """A span that ends before it begins is a mistake, not an empty history."""
    with pytest.raises(Invalid) as invalid:
        Filters.from_query({"from": "2026-03-02", "to": "2026-03-01"})
    assert set(invalid.value.faults) == {"to"}


def test_days_are_those_of_the_clinic() -> None:
    """A day begins at the clinic's midnight, also on the day the clocks change."""
    berlin = ZoneInfo("Europe/Berlin")
    day = Filters(first_day=date(2026, 3, 29), last_day=date(2026, 3, 29))
    assert day.begins(berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert day.ends(berlin) == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_days_too(day: date) -> None:
    """No day that can be typed breaks the question."""
    filters = Filters(first_day=day, last_day=day)
    assert filters.begins(ZoneInfo("Asia/Tokyo")) is not None
    filters.ends(ZoneInfo("Asia/Tokyo"))
