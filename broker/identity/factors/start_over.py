"""Whoever was vouched for loses all they confirmed with before, at the moment the new factor is there."""

from __future__ import annotations

from sqlalchemy import delete

from broker.identity.factors.change import Change, may_begin_anew
from broker.identity.factors.forget_factor import remove_all_passkeys
from broker.identity.factors.lost.reset import Reset, ResetState, move_reset, open_resets
from broker.identity.people import Person
from broker.identity.tables import recovery_codes, totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction


def start_over(
    tx: Transaction, ledger: Ledger, person: Person, plea: Reset | None, *, spare: str = ""
) -> None:
    """Forget what was lost, if the plea of this browser is what the change rests on; else nothing is to be done.

    ``spare`` is what came in its place: the id of a passkey, or ``Change.APP``.
    """
    if plea is None or not may_begin_anew(tx, person, plea):
        return
    remove_all_passkeys(tx, person.id, but=spare)
    if spare != Change.APP:
        tx.execute(delete(totp_factors).where(totp_factors.c.person_id == person.id))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person.id))
    move_reset(tx, plea, ResetState.DONE)
    for other in open_resets(tx, person.id):
        move_reset(tx, other, ResetState.STOPPED)
    facts = {"plea": plea.id, "vouched_by": plea.decided_by, "kept": spare}
    ledger.append(tx, Entry("factor.started_over", person.id, subject=person.id, facts=facts))
