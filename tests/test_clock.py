from datetime import UTC, datetime, timedelta

import pytest

from broker.clock import SettableClock, SystemClock, new_id


class BrokenWatch(SystemClock):
    """A machine whose wall clock somebody turns; the monotonic one is real."""

    turned = timedelta()

    def wall(self) -> datetime:
        return super().wall() + self.turned


def test_a_wall_clock_set_back_neither_revives_nor_freezes() -> None:
    """After a step back of an hour, time goes on from where it was."""
    watch = BrokenWatch()
    before = watch.now()
    watch.turned = -timedelta(hours=1)
    first, second = watch.now(), watch.now()
    assert before <= first <= second < before + timedelta(minutes=1)
    assert watch.wall() < before - timedelta(minutes=59)


def test_time_goes_on_while_the_wall_clock_is_behind() -> None:
    """A grant cannot be stretched by setting the clock back: the monotonic clock goes on counting."""
    watch = BrokenWatch()
    watch.now()
    watch.turned = -timedelta(days=1)
    start = watch.now()
    while (now := watch.now()) == start:
        pass
    assert now > start


def test_a_wall_clock_set_forward_is_followed() -> None:
    """Ends come earlier then, never later."""
    watch = BrokenWatch()
    before = watch.now()
    watch.turned = timedelta(hours=1)
    assert watch.now() >= before + timedelta(hours=1)


def test_a_floor_from_an_earlier_process_is_kept() -> None:
    """What an earlier process saw is not undercut by a clock set back in between."""
    floor = datetime.now(UTC) + timedelta(days=2)
    assert SystemClock(floor).now() >= floor
    late = SystemClock()
    late.raise_floor(floor)
    assert late.now() >= floor


def test_a_floor_in_the_past_changes_nothing() -> None:
    """Only a later instant than one's own raises the floor."""
    clock = SystemClock()
    clock.raise_floor(datetime(2020, 1, 1, tzinfo=UTC))
    assert abs(clock.now() - clock.wall()) < timedelta(seconds=5)


def test_a_settable_clock_keeps_now_from_going_back() -> None:
    """``wall`` follows the hand that turns it, ``now`` does not go back."""
    clock = SettableClock(datetime(2026, 3, 1, tzinfo=UTC))
    clock.advance(hours=-1)
    assert clock.now() == datetime(2026, 3, 1, tzinfo=UTC)
    assert clock.wall() == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_ids_are_opaque_and_differ() -> None:
    """Eighty random bits behind a word that says what it is."""
    made = {new_id("grant") for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(each) == len("grant_") + 20 for each in made)


@pytest.mark.parametrize("prefix", ["grant", "req"])
def test_an_id_says_what_it_is(prefix: str) -> None:
    """The prefix comes first."""
    assert new_id(prefix).startswith(f"{prefix}_")
