"""When, why, by whom, and how fast: what is counted, on both databases."""

from datetime import date, timedelta

from broker.identity.people import Role
from broker.review.pictures.hours import by_hour
from broker.review.pictures.time_to_approve import time_to_approve
from broker.review.pictures.who_and_why import MOST_DRAWN, by_person, by_purpose
from tests.review.pictures.conftest import Counted, address, asked, table


def test_hours_are_those_of_the_clinic(counted: Counted) -> None:
    """Noon UTC on a Sunday is one o'clock in Berlin; half past eleven at night there is Sunday still."""
    counted.ordinary()
    counted.clock.advance(hours=10, minutes=30)
    counted.broken()
    counted.clock.advance(hours=1)
    counted.broken()
    with counted.store.read() as reader:
        picture = by_hour(asked(reader, counted, first_day=date(2026, 3, 1)), address)
    assert table(picture) == [
        ("Monday 00:00", "1", "1"),
        ("Sunday 13:00", "1", "0"),
        ("Sunday 23:00", "1", "1"),
    ]
    assert [row[0].href for row in picture.rows] == [
        "from=2026-03-01&weekday=monday&earliest_hour=0&before_hour=1",
        "from=2026-03-01&weekday=sunday&earliest_hour=13&before_hour=14",
        "from=2026-03-01&weekday=sunday&earliest_hour=23",
    ]
    assert "67 % fell between 20:00 and 06:00" in picture.finding


def test_purposes_are_counted_and_named(counted: Counted) -> None:
    """Each purpose by policy's words with its share and how many broke the glass."""
    counted.ordinary()
    counted.broken()
    counted.broken(purpose="BTG")
    catalog = counted.equipment.catalog
    with counted.store.read() as reader:
        picture = by_purpose(asked(reader, counted), catalog, address)
    assert table(picture) == [
        (catalog.purposes["ETREAT"], "2", "67 %", "1"),
        (catalog.purposes["BTG"], "1", "33 %", "1"),
    ]
    assert picture.rows[1][0].href == "purpose=BTG"


def test_people_are_counted_and_the_rest_is_in_the_table(counted: Counted) -> None:
    """The busiest first; what does not fit the drawing is listed all the same, and said."""
    counted.broken()
    counted.broken()
    for number in range(MOST_DRAWN):
        other = counted.join(f"clinician-{number:02d}", Role.CLINICIAN)
        counted.change(counted.broken().id, person_id=other.id)
    with counted.store.read() as reader:
        picture = by_person(asked(reader, counted), address)
    assert table(picture)[0][:2] == ("clinician", "2")
    assert len(picture.rows) == MOST_DRAWN + 1
    assert "1 more are in the table" in picture.finding
    assert picture.height == MOST_DRAWN * 40


def test_the_wait_for_an_approval_is_sorted_into_minutes(counted: Counted) -> None:
    """Only what a person approved counts; half of it is said in words."""
    for minutes in (0, 3, 3, 14):
        request = counted.ask().request
        counted.clock.advance(minutes=minutes)
        counted.approve(request.id)
    counted.broken()
    with counted.store.read() as reader:
        picture = time_to_approve(asked(reader, counted))
    assert [row[1] for row in table(picture)] == ["1", "0", "2", "0", "1", "0", "0"]
    assert picture.finding.startswith("Of 4 approvals, half took up to 5 minutes. 25 %")


def test_filters_narrow_pictures_too(counted: Counted) -> None:
    """What the list would not show is not counted; nothing at all is said in words, and nothing is drawn."""
    counted.ordinary()
    later = (counted.clock.now() + timedelta(days=1)).date()
    catalog = counted.equipment.catalog
    with counted.store.read() as reader:
        question = asked(reader, counted, first_day=later)
        drawn = [
            by_hour(question, address),
            by_purpose(question, catalog, address),
            by_person(question, address),
            time_to_approve(question),
        ]
    assert not [each for each in drawn if each.marks or each.rows]
    assert all("in this time" in each.finding for each in drawn)
