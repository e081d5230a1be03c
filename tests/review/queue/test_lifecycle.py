from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import update

from broker.access.grant import Grant
from broker.access.tables import reviews
from broker.errors import Conflict, IllegalMove
from broker.ledger.entry import Entry
from broker.review.queue.owed import MOVES, Review, ReviewState, get_review, move_review
from tests.fakes.past import Past

LEGAL = {
    (ReviewState.OPEN, ReviewState.SECOND),
    (ReviewState.OPEN, ReviewState.SIGNED),
    (ReviewState.SECOND, ReviewState.SIGNED),
    (ReviewState.SIGNED, ReviewState.OPEN),
    (ReviewState.SIGNED, ReviewState.SECOND),
}


def put(past: Past, grant: Grant, state: ReviewState) -> Review:
    with past.store.write() as tx:
        tx.execute(update(reviews).where(reviews.c.grant_id == grant.id).values(state=state))
        return get_review(tx, grant.id)


def move(past: Past, review: Review, to: ReviewState) -> Review:
    with past.store.write() as tx:
        return move_review(tx, past.ledger, review, to, Entry("review.moved", "broker"))


def test_every_state_has_its_moves() -> None:
    """A new state fails until somebody decides where it leads."""
    assert set(MOVES) == set(ReviewState)


@pytest.mark.parametrize(("begin", "end"), list(product(ReviewState, ReviewState)))
def test_every_pair_of_states(past: Past, begin: ReviewState, end: ReviewState) -> None:
    """What is on the table moves once and takes its turn; everything else raises and leaves no entry."""
    review = put(past, past.broken(), begin)
    before = past.events()
    if (begin, end) not in LEGAL:
        with pytest.raises(IllegalMove):
            move(past, review, end)
        assert past.events() == before
        return
    moved = move(past, review, end)
    assert (moved.state, moved.turn) == (end, review.turn + 1)
    assert past.events() == [*before, "review.moved"]


@pytest.mark.parametrize("stale", [{"turn": 7}, {"state": ReviewState.SIGNED}])
def test_whoever_looks_at_an_old_row_moves_nothing(past: Past, stale: dict[str, object]) -> None:
    """Of two who act on the same sight of it the second one is told."""
    review = put(past, past.broken(), ReviewState.OPEN)
    with pytest.raises(Conflict):
        move(past, replace(review, **stale), next(iter(MOVES[stale.get("state", review.state)])))  # type: ignore[arg-type, index]
    assert "review.moved" not in past.events()
