from broker.identity.people import Role
from broker.review.queue.open_reviews import count_open, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from tests.fakes.clinic import Member
from tests.fakes.past import Past


def queue(past: Past, reviewer: Member) -> list[tuple[str, bool, str]]:
    with past.store.read() as reader:
        return [
            (each.row.grant_id, each.overdue, each.hindrance)
            for each in open_reviews(reader, past.equipment.catalog, past.notes, reviewer.person)
        ]


def test_the_nearest_deadline_comes_first(past: Past) -> None:
    """A break-glass of today is due before a restricted record of yesterday."""
    week, day = past.doubly_approved(), past.broken()
    other = past.join("second-reviewer", Role.REVIEWER)
    assert [grant for grant, _, _ in queue(past, other)] == [day.id, week.id]


def test_a_passed_deadline_is_marked(past: Past) -> None:
    """From its deadline on a review is overdue, not a moment before."""
    grant = past.broken()
    past.clock.advance(hours=23, minutes=59)
    assert queue(past, past.reviewer) == [(grant.id, False, "")]
    past.clock.advance(minutes=1)
    assert queue(past, past.reviewer) == [(grant.id, True, "")]


def test_whoever_took_part_sees_why_they_may_not_sign(past: Past) -> None:
    """The list says to each reviewer which reviews are not theirs."""
    past.doubly_approved()
    assert "approved" in queue(past, past.reviewer)[0][2]
    assert queue(past, past.join("second-reviewer", Role.REVIEWER))[0][2] == ""


def test_signed_reviews_leave_the_list(past: Past) -> None:
    """The list and its count hold what nobody has signed."""
    first, second = past.broken(), past.broken()
    sign(past.equipment, past.reviewer.person, first.id, Outcome.APPROPRIATE)
    assert [grant for grant, _, _ in queue(past, past.reviewer)] == [second.id]
    with past.store.read() as reader:
        assert count_open(reader) == 1
