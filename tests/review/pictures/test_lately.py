from datetime import date

from broker.review.history.filters import Filters
from broker.review.pictures.lately import lately
from tests.fakes.past import Past


def test_ninety_days_are_drawn_and_fewer_where_they_hold_too_much(past: Past) -> None:
    """The longest span that is quickly counted, always with today; days that were asked for stay as they are."""
    for _ in range(3):
        past.ended(past.ordinary())
    past.clock.advance(hours=24 * 20)
    past.ended(past.ordinary())
    today, asked = date(2026, 3, 21), Filters(first_day=date(2020, 1, 1))
    with past.store.read() as reader:

        def first(many: int) -> date | None:
            found = lately(reader, Filters(), past.zone, many=many)
            assert found.last_day == today
            return found.first_day

        assert [first(many) for many in (5, 4, 1)] == [date(2025, 12, 22), date(2026, 3, 15), today]
        assert lately(reader, asked, past.zone, many=1) == asked
