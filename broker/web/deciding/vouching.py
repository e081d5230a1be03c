"""An approver's word for somebody who lost every factor: the code that was read out, then their own factor."""

from __future__ import annotations

from broker.access.equipment import TypedCode
from broker.identity.factors.lost.reset import Reset
from broker.identity.factors.lost.vouch import check_spoken_code, vouch, vouching
from broker.identity.factors.step_up import perform
from broker.identity.people import Person
from broker.web.parts import parts


def vouch_for(approver: Person, plea_id: str, spoken: str, typed: TypedCode) -> Reset:
    """Raises Invalid for a code that is not on their screen, FactorRefused, Refused, Conflict or NotFound."""
    lobby, check = parts().lobby, parts().equipment.check_factor
    check_spoken_code(lobby.store, lobby.ledger, lobby.box, approver, plea_id, spoken)
    return perform(
        lobby.store,
        lambda tx: check(tx, approver.id, typed, vouching(plea_id)),
        lambda tx, proof: vouch(tx, lobby.ledger, lobby.box, approver, plea_id, spoken, proof),
    )
