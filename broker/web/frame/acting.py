"""One code for the act and for the sign-in, when somebody came straight to an emergency form."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from broker.access.equipment import Equipment, TypedCode
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.step_up import Action, Proof
from broker.identity.sessions.sessions import Opened, Session, elevate
from broker.ledger.entry import Entry
from broker.store import Transaction
from broker.web.entering.sign_in import finish
from broker.web.frame.browser import caller
from broker.web.frame.guard import session_token
from broker.web.parts import parts


class Acting:
    """Hands out equipment whose accepted code also elevates a session that has seen the password alone.

    The elevation stands in the transaction of the act: both happen or neither does.
    """

    def __init__(self, now: Session) -> None:
        self._now = now
        self._opened: Opened | None = None

    @property
    def equipment(self) -> Equipment:
        equipment = parts().equipment
        return equipment if self._now.mfa_at is not None else replace(equipment, check_factor=self._check)

    def finish(self, response: Response) -> Response:
        """Put the new token on the answer once the act is done."""
        return response if self._opened is None else finish(response, self._opened, self._now)

    def _check(self, tx: Transaction, person_id: str, typed: TypedCode, action: Action) -> Proof | Refusal:
        proof = parts().equipment.check_factor(tx, person_id, typed, action)
        if isinstance(proof, Proof):
            self._opened = elevate(tx, session_token(), proof.method)
            facts = {"session": self._now.id, "factor": proof.method.value, "with": action.verb}
            parts().ledger.append(tx, Entry("person.signed_in", person_id, subject=person_id, facts=facts))
        return proof


def typed_code(code: str | None = None) -> TypedCode:
    """What the form being answered was confirmed with: the code typed into it, or a passkey."""
    typed = request.form.get("code", "") if code is None else code
    return TypedCode(typed, caller().source, request.form.get("passkey", ""))
