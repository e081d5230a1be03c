from itertools import product

import pytest

from broker.access.grant import MOVES as GRANT_MOVES
from broker.access.grant import Cause, GrantState, get_grant, move_grant
from broker.access.request import MOVES as REQUEST_MOVES
from broker.access.request import RequestState, move_request
from broker.access.tables import access_requests, grants
from broker.errors import Conflict, IllegalMove
from broker.ledger.entry import Entry
from tests.fakes.clinic import Clinic

ENTRY = Entry("test.moved", "broker")
R, G = RequestState, GrantState
REQUEST_EDGES = {
    (R.PENDING, R.APPROVED),
    (R.PENDING, R.DENIED),
    (R.PENDING, R.WITHDRAWN),
    (R.PENDING, R.LAPSED),
}
GRANT_EDGES = {
    (G.ISSUED, G.ACTIVATING),
    (G.ISSUED, G.REVOKED),
    (G.ACTIVATING, G.ACTIVE),
    (G.ACTIVATING, G.REVOKING),
    (G.ACTIVE, G.REVOKING),
    (G.REVOKING, G.REVOKED),
}


def test_every_state_has_its_row_in_the_table() -> None:
    """A state that nobody decided about cannot be added."""
    assert set(REQUEST_MOVES) == set(RequestState)
    assert set(GRANT_MOVES) == set(GrantState)


@pytest.mark.parametrize(("start", "to"), list(product(RequestState, RequestState)))
def test_a_request_moves_only_along_the_table(clinic: Clinic, start: R, to: R) -> None:
    """Each pair of states either moves or raises, and never returns quietly."""
    request = clinic.ask().request
    with clinic.store.write() as tx:
        tx.execute(access_requests.update().values(state=start))
        placed = type(request)(**{**vars(request), "state": start})
        if (start, to) in REQUEST_EDGES:
            assert move_request(tx, clinic.ledger, placed, to, ENTRY).state is to
        else:
            with pytest.raises(IllegalMove):
                move_request(tx, clinic.ledger, placed, to, ENTRY)


@pytest.mark.parametrize(("start", "to"), list(product(GrantState, GrantState)))
def test_a_grant_moves_only_along_the_table(clinic: Clinic, start: G, to: G) -> None:
    """Each pair of states either moves or raises, and never returns quietly."""
    grant = clinic.break_glass().grant
    assert grant is not None
    with clinic.store.write() as tx:
        tx.execute(grants.update().values(state=start))
        placed = get_grant(tx, grant.id)
        if (start, to) in GRANT_EDGES:
            assert move_grant(tx, clinic.ledger, placed, to, ENTRY, cause=str(Cause.EXPIRED)).state is to
        else:
            with pytest.raises(IllegalMove):
                move_grant(tx, clinic.ledger, placed, to, ENTRY)


def test_whoever_moves_second_is_told(clinic: Clinic) -> None:
    """A move from a state that is no longer true changes nothing and says so."""
    grant = clinic.break_glass().grant
    assert grant is not None
    with clinic.store.write() as tx:
        move_grant(tx, clinic.ledger, grant, G.ACTIVATING, ENTRY)
        with pytest.raises(Conflict):
            move_grant(tx, clinic.ledger, grant, G.REVOKED, ENTRY)
