"""An approver who talked to the person vouches for them, or does not; the person stops what was not theirs."""

from __future__ import annotations

import hmac

from sqlalchemy import update

from broker.errors import Conflict, Invalid, Refused
from broker.identity.factors.lost.ask_help import spoken_code
from broker.identity.factors.lost.reset import OPEN_FOR, Reset, ResetState, get_reset, move_reset, open_resets
from broker.identity.factors.lost.tables import factor_resets
from broker.identity.factors.step_up import Action, Proof
from broker.identity.factors.typed_code import normalise
from broker.identity.people import Person, Role, by_id
from broker.identity.secret_box import SecretBox
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Store, Transaction

MOST_WRONG_CODES = 5


def vouching(reset_id: str) -> Action:
    """What the approver's own factor confirms."""
    return Action("factor.vouch", {"plea": reset_id})


def check_may_vouch(reader: Reader, approver: Person, reset: Reset) -> None:
    """Refused for whoever is no approver now, and for the person themselves, whatever their roles."""
    now = by_id(reader, approver.id)
    if now.disabled or Role.APPROVER not in now.roles:
        raise Refused("Only an approver vouches for somebody.", help="Ask one who is on call.")
    if now.id == reset.person_id:
        raise Refused("Nobody vouches for themselves.", help="Another approver has to do it.")


def check_spoken_code(
    store: Store, ledger: Ledger, box: SecretBox, approver: Person, reset_id: str, typed: str
) -> None:
    """Invalid for a code that was not read from that browser's screen; the fifth one ends the plea.

    In a commit of its own, before the approver's factor is asked for: a wrong one must be counted.
    """
    with store.write() as tx:
        reset = get_reset(tx, reset_id)
        check_may_vouch(tx, approver, reset)
        _check_waits(tx, reset)
        expected = normalise(spoken_code(box, reset)).encode()
        if hmac.compare_digest(expected, normalise(typed).encode("utf-8", "replace")):
            return
        _count_wrong(tx, ledger, approver, reset)
    raise Invalid(
        "That is not the code on their screen.", {"spoken": "That is not the code on their screen."}
    )


def vouch(
    tx: Transaction, ledger: Ledger, box: SecretBox, approver: Person, reset_id: str, typed: str, proof: Proof
) -> Reset:
    """From now on, and for a quarter of an hour, that one browser may set up a new factor."""
    reset = get_reset(tx, reset_id)
    check_may_vouch(tx, approver, reset)
    _check_waits(tx, reset)
    right = normalise(typed) == normalise(spoken_code(box, reset))
    if not (right and proof.person_id == approver.id and proof.covers(vouching(reset.id))):
        raise Refused("That was confirmed for something else.", help="Open the plea again.")
    open_until = tx.at + OPEN_FOR
    vouched = move_reset(
        tx, reset, ResetState.VOUCHED, decided_by=approver.id, decided_at=tx.at, open_until=open_until
    )
    facts = {"plea": reset.id, "open_until": open_until.isoformat(), **proof.facts}
    ledger.append(tx, Entry("factor.vouched", approver.id, subject=reset.person_id, facts=facts))
    return vouched


def refuse_help(tx: Transaction, ledger: Ledger, approver: Person, reset_id: str) -> Reset:
    """Not somebody this approver knows; nothing of the person's changes. Needs no factor: it gives nothing."""
    reset = get_reset(tx, reset_id)
    check_may_vouch(tx, approver, reset)
    _check_waits(tx, reset)
    refused = move_reset(tx, reset, ResetState.REFUSED, decided_by=approver.id, decided_at=tx.at)
    ledger.append(
        tx, Entry("factor.help_refused", approver.id, subject=reset.person_id, facts={"plea": reset.id})
    )
    return refused


def stop_pleas(tx: Transaction, ledger: Ledger, person: Person) -> int:
    """The person, signed in elsewhere, says that it was not them; how many ended."""
    found = open_resets(tx, person.id)
    for each in found:
        move_reset(tx, each, ResetState.STOPPED)
        ledger.append(tx, Entry("factor.help_stopped", person.id, subject=person.id, facts={"plea": each.id}))
    return len(found)


def _check_waits(reader: Reader, reset: Reset) -> None:
    state = reset.state_at(reader.at)
    if state is not ResetState.ASKED:
        raise Conflict(f"This plea for help is {state} already.", help="Nothing is left for you to do.")


def _count_wrong(tx: Transaction, ledger: Ledger, approver: Person, reset: Reset) -> None:
    wrong = reset.wrong_codes + 1
    mine = factor_resets.c.id == reset.id
    tx.execute(update(factor_resets).where(mine).values(wrong_codes=wrong))
    facts = {"plea": reset.id, "wrong": wrong}
    ledger.append(tx, Entry("factor.help_wrong_code", approver.id, subject=reset.person_id, facts=facts))
    if wrong >= MOST_WRONG_CODES:
        move_reset(tx, reset, ResetState.REFUSED, decided_by=approver.id, decided_at=tx.at)
