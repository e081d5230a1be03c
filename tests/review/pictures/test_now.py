"""What is live, and what is overdue, whatever days were asked for."""

from datetime import date

from broker.review.pictures.live import live_now
from broker.review.pictures.overdue import overdue_reviews
from tests.review.pictures.conftest import Counted, asked, table

LONG_AGO = {"first_day": date(2001, 1, 1), "last_day": date(2001, 1, 2)}


def test_live_access_is_drawn_from_its_beginning_to_its_end(counted: Counted) -> None:
    """What ends first stands first; what has ended or expired is gone from it, swept or not."""
    first = counted.broken()
    counted.clock.advance(minutes=5)
    second = counted.ordinary()
    counted.ended(counted.ordinary())
    with counted.store.read() as reader:
        picture = live_now(asked(reader, counted, **LONG_AGO), counted.equipment.catalog, lambda grant: grant)
    assert [row[0].href for row in picture.rows] == [first.id, second.id]
    assert picture.finding.startswith("1 person has 2 live grants, 1 by breaking the glass.")
    counted.clock.advance(hours=1)
    with counted.store.read() as reader:
        over = live_now(asked(reader, counted), counted.equipment.catalog, lambda grant: grant)
    assert (over.finding, over.marks) == ("Nobody has access now.", ())


def test_overdue_reviews_stand_longest_first(counted: Counted) -> None:
    """Each with how long it is overdue; what is merely due is only counted."""
    first = counted.broken()
    counted.clock.advance(hours=10)
    second = counted.broken()
    counted.clock.advance(hours=20)
    counted.doubly_approved()
    with counted.store.read() as reader:
        question = asked(reader, counted, **LONG_AGO)
        picture = overdue_reviews(question, counted.equipment.catalog, lambda grant: grant)
    assert [row[0].href for row in picture.rows] == [first.id]
    assert [row[2] for row in table(picture)] == ["6 h"]
    assert "1 review is overdue" in picture.finding
    assert "2 more reviews are due and still in time" in picture.finding
    counted.clock.advance(hours=10)
    with counted.store.read() as reader:
        later = overdue_reviews(asked(reader, counted), counted.equipment.catalog, lambda grant: grant)
    assert [row[0].href for row in later.rows] == [first.id, second.id]
