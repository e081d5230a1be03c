"""A passkey goes, or gets another name; the authenticator app goes. The last factor never does."""

from __future__ import annotations

from sqlalchemy import delete, update

from broker.errors import Conflict, NotFound
from broker.identity.factors.change import Change, changing, require_right
from broker.identity.factors.passkeys.passkey import Passkey, checked_name, passkeys_of
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.factors.step_up import Proof
from broker.identity.people import by_id, hold
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.tables import totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


def own_passkey(reader: Reader, person_id: str, passkey_id: str) -> Passkey:
    """NotFound for somebody else's, and for one that was removed."""
    for each in passkeys_of(reader, person_id):
        if each.id == passkey_id:
            return each
    raise NotFound("There is no such passkey.", help="Look at your list again: it may be gone already.")


def check_another_stays(reader: Reader, person_id: str, going: str) -> None:
    """Conflict when the person would be left with recovery codes alone, or with nothing."""
    left = [each.id for each in passkeys_of(reader, person_id) if each.id != going]
    apps = by_id(reader, person_id).has_codes and going != Change.APP.value
    if not left and not apps:
        raise Conflict(
            "This is the only thing left that confirms it is you, so it stays.",
            help="Set up another passkey or an authenticator app first.",
        )


def remove_passkey(
    tx: Transaction, ledger: Ledger, person_id: str, passkey_id: str, proof: Proof, *, session: str
) -> None:
    """It opens nothing any more; the person's other sessions are over."""
    # Of two removals at once the second sees what the first has left.
    hold(tx, person_id)
    person = by_id(tx, person_id)
    require_right(tx, person, changing(person_id, Change.NO_PASSKEY, passkey_id), proof)
    own_passkey(tx, person_id, passkey_id)
    check_another_stays(tx, person_id, passkey_id)
    tx.execute(update(passkeys).where(passkeys.c.id == passkey_id).values(removed_at=tx.at))
    facts = {"passkey": passkey_id, **proof.facts}
    ledger.append(tx, Entry("passkey.removed", person_id, subject=person_id, facts=facts))
    end_all_sessions(tx, ledger, person_id, actor=person_id, why=Why.FACTOR_CHANGED, keep=session)


def remove_app(tx: Transaction, ledger: Ledger, person_id: str, proof: Proof, *, session: str) -> None:
    """One-time codes open nothing any more; the person's other sessions are over."""
    hold(tx, person_id)
    person = by_id(tx, person_id)
    require_right(tx, person, changing(person_id, Change.NO_APP), proof)
    if not person.has_codes:
        raise Conflict("No authenticator app is set up.", help="Look at your list again.")
    check_another_stays(tx, person_id, Change.APP.value)
    tx.execute(delete(totp_factors).where(totp_factors.c.person_id == person_id))
    facts = {"factor": "totp", "action_digest": proof.action_digest}
    ledger.append(tx, Entry("factor.removed", person_id, subject=person_id, facts=facts))
    end_all_sessions(tx, ledger, person_id, actor=person_id, why=Why.FACTOR_CHANGED, keep=session)


def rename_passkey(tx: Transaction, person_id: str, passkey_id: str, name: str) -> None:
    """What the person calls it, for themselves; it opens what it opened."""
    known = own_passkey(tx, person_id, passkey_id)
    called = checked_name(name, known.name)
    tx.execute(update(passkeys).where(passkeys.c.id == known.id).values(name=called))
