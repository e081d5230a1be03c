from datetime import date, timedelta

import pytest

from broker.review.pictures.lateness import lateness
from broker.review.story.spans import in_words
from tests.review.pictures.conftest import Counted, address, asked, table


def test_lateness_counts_from_the_end_that_was_due(counted: Counted) -> None:
    """From the expiry of what expired, from the hand-back of what was handed back; sooner than due is never late."""
    expired, handed, at_once = (counted.ended(counted.ordinary()) for _ in range(3))
    counted.change(
        expired.id,
        cause="expired",
        revoking_at=expired.expires_at + timedelta(seconds=4),
        revoked_at=expired.expires_at + timedelta(seconds=90),
    )
    ended = handed.revoking_at
    assert ended is not None
    counted.change(handed.id, revoked_at=ended + timedelta(seconds=2.5))
    with counted.store.read() as reader:
        picture = lateness(asked(reader, counted, first_day=date(2026, 3, 1)), address)
    assert at_once.revoked_at is not None
    assert table(picture) == [("1 Mar 2026", "3", "1", "1.5 min", "31 s")]
    assert picture.rows[0][0].href == "from=2026-03-01&to=2026-03-01"
    assert "67 % were confirmed within the promised 10 seconds" in picture.finding


def test_a_day_is_the_clinics_and_many_days_share_a_column(counted: Counted) -> None:
    """Half past eleven in the evening UTC is the next day in Berlin; of a year several days are one column."""
    counted.ended(counted.ordinary())
    counted.clock.advance(hours=11, minutes=30)
    counted.ended(counted.ordinary())
    days = {"first_day": date(2026, 2, 1), "last_day": date(2026, 3, 2)}
    with counted.store.read() as reader:
        by_day = lateness(asked(reader, counted, **days), address)
        year = lateness(
            asked(reader, counted, first_day=date(2025, 3, 1), last_day=date(2026, 3, 2)), address
        )
    assert [row[0] for row in table(by_day)] == ["1 Mar 2026", "2 Mar 2026"]
    assert sum(int(row[1]) for row in table(year)) == 2
    assert " to " in table(year)[0][0]


def test_access_that_nobody_pushed_ends_in_time(counted: Counted) -> None:
    """What never reached a site has no end to be late for."""
    grant = counted.ended(counted.ordinary())
    counted.change(grant.id, revoking_at=None)
    with counted.store.read() as reader:
        picture = lateness(asked(reader, counted, first_day=date(2026, 3, 1)), address)
    assert table(picture)[0][1:4] == ("1", "0", "0.0 s")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (42, "42 s"), (180, "3 min"), (9000, "2.5 h"), (259_200, "3 days")],
)
def test_a_span_is_told_as_people_tell_it(seconds: float, words: str) -> None:
    """One figure and its unit."""
    assert in_words(seconds) == words
