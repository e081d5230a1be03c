"""The person who asked takes the question back."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.request import AccessRequest, RequestState, get_request, move_request
from broker.errors import Conflict, NotFound
from broker.identity.people import Person
from broker.ledger.entry import Entry
from broker.store import Transaction


def withdraw(equipment: Equipment, person: Person, request_id: str) -> AccessRequest:
    """Withdraw one's own pending request. NotFound for anybody else's, Conflict when it was decided."""
    with equipment.store.write() as tx:
        return withdraw_in(tx, equipment, own_request(tx, person, request_id))


def withdraw_in(
    tx: Transaction, equipment: Equipment, request: AccessRequest, superseded_by: str | None = None
) -> AccessRequest:
    """The same inside a larger change; ``superseded_by`` names the request that takes its place."""
    if not request.is_pending:
        raise Conflict(f"This request is {request.state} already.", help="There is nothing left to withdraw.")
    facts = {"superseded_by": superseded_by}
    entry = Entry("request.withdrawn", request.person_id, request.id, subject=request.person_id, facts=facts)
    return move_request(tx, equipment.ledger, request, RequestState.WITHDRAWN, entry)


def own_request(tx: Transaction, person: Person, request_id: str) -> AccessRequest:
    """The request if ``person`` made it; otherwise NotFound, as if it did not exist."""
    request = get_request(tx, request_id)
    if request.person_id != person.id:
        raise NotFound("There is no such request.", help="Look for it on your home page.")
    return request
