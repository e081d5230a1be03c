"""What the factor given for an act leaves in the ledger."""

from __future__ import annotations

from typing import Any

from broker.errors import Refused
from broker.identity.factors.step_up import Action, Proof


def prove(proof: Proof, action: Action) -> dict[str, Any]:
    """What the ledger keeps of a proof. Refused when it was given for another act."""
    if not proof.covers(action):
        raise Refused(
            "That code was given for something else.", help="Enter a new code for what you are doing now."
        )
    return {"method": str(proof.method), "at": proof.at.isoformat(), "action_digest": proof.action_digest}
