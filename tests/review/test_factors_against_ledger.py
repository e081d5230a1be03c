"""What the ledger tells of passkeys and apps, after each change that there is, is what the tables hold."""

from __future__ import annotations

from broker.identity.caller import Caller
from broker.identity.factors.change import Change, changing
from broker.identity.factors.lost.ask_help import ask_help, spoken_code
from broker.identity.factors.lost.vouch import vouch, vouching
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import PasskeyDesk
from broker.identity.factors.passkeys.passkey import passkeys_of
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.remove import remove_app, remove_passkey
from broker.identity.factors.step_up import Method, Proof
from broker.identity.people import by_id
from broker.review.against_ledger.people import look_at_people
from tests.fakes.clinic import Clinic
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey

HERE = "session_here"


def test_every_change_is_told_as_it_is(store, clock) -> None:
    """Added, another one, the app gone, one removed, begun anew: no difference at any step."""
    clinic = Clinic(store, clock)
    desk = PasskeyDesk(clinic.ledger, clinic.box, RelyingParty(PARTY, ORIGIN))
    who = clinic.clinician.id

    def proof(change: Change, which: str = "") -> Proof:
        return Proof(who, changing(who, change, which).digest, Method.TOTP, clock.now())

    def agrees() -> bool:
        with store.read() as reader:
            return list(look_at_people(reader)) == []

    def keys() -> list[str]:
        with store.read() as reader:
            return [each.id for each in passkeys_of(reader, who)]

    for number in range(2):
        with store.write() as tx:
            options = begin_passkey(tx, desk, who, proof(Change.PASSKEY), session=HERE)
            add_passkey(tx, desk, who, SoftPasskey().make(options), name="Key", session=HERE)
        assert (len(keys()), agrees()) == (number + 1, True)
    with store.write() as tx:
        remove_app(tx, clinic.ledger, who, proof(Change.NO_APP), session=HERE)
    assert agrees()
    with store.write() as tx:
        first = keys()[0]
        remove_passkey(tx, clinic.ledger, who, first, proof(Change.NO_PASSKEY, first), session=HERE)
    assert agrees()
    with store.write() as tx:
        asked = ask_help(tx, clinic.ledger, by_id(tx, who), Caller("x"), "lost")
        plea, approver = asked.reset, clinic.approver.person
        told = Proof(approver.id, vouching(plea.id).digest, Method.TOTP, clock.now())
        plea = vouch(tx, clinic.ledger, clinic.box, approver, plea.id, spoken_code(clinic.box, plea), told)
        options = begin_passkey(tx, desk, who, session=HERE, plea=plea)
        add_passkey(tx, desk, who, SoftPasskey().make(options), name="New", session=HERE, plea=plea)
    assert (len(keys()), agrees()) == (1, True)
