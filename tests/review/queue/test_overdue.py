from broker.ledger.read import entries_of_grant
from broker.review.queue.outcome import Outcome
from broker.review.queue.overdue import tell_overdue
from broker.review.queue.sign_off import sign
from tests.fakes.past import Past


def test_a_review_is_told_of_once(past: Past) -> None:
    """Passing the deadline is recorded once, however often somebody looks."""
    grant = past.broken()
    past.clock.advance(hours=24)
    assert [tell_overdue(past.equipment) for _ in range(3)] == [1, 0, 0]
    with past.store.read() as reader:
        entry = entries_of_grant(reader, grant.id)[-1].entry
    assert (entry.event, entry.request, entry.subject) == (
        "review.overdue",
        grant.request_id,
        past.clinician.id,
    )


def test_what_is_in_time_or_signed_is_left_alone(past: Past) -> None:
    """Neither an open review before its deadline nor a signed one after it is overdue."""
    signed = past.broken()
    sign(past.equipment, past.reviewer.person, signed.id, Outcome.APPROPRIATE)
    past.clock.advance(hours=23)
    past.broken()
    past.clock.advance(hours=2)
    assert tell_overdue(past.equipment) == 0


def test_many_are_told_in_commits_of_a_few(past: Past) -> None:
    """A heap of overdue reviews is worked off without one huge commit."""
    for _ in range(3):
        past.broken()
    past.clock.advance(hours=25)
    assert [tell_overdue(past.equipment, limit=2) for _ in range(3)] == [2, 1, 0]
