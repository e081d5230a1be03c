"""A person changes their own password: the one they have, and the one they want."""

from __future__ import annotations

from datetime import timedelta

from broker.errors import Invalid, Refused
from broker.identity.caller import Caller
from broker.identity.email_key import email_key
from broker.identity.factors.refusal import in_words
from broker.identity.people import Person, hold
from broker.identity.signing_in import lockout, passwords
from broker.identity.signing_in.change_password import change_password
from broker.identity.signing_in.gate import Busy
from broker.identity.signing_in.known_sources import knows_source
from broker.identity.signing_in.lockout import Door, Kind
from broker.identity.signing_in.password_rules import words_about
from broker.identity.signing_in.sign_in import Lobby, SignInBusy
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

_NOT_RIGHT = "That is not your present password."


def has_password(reader: Reader, person_id: str) -> bool:
    """Whoever always came by single sign-on has none."""
    return passwords.kept_hash(reader, person_id) is not None


def choose_password(
    lobby: Lobby, caller: Caller, person: Person, *, present: str, wanted: str, session_id: str
) -> None:
    """Keep ``wanted``; the session it was chosen in goes on, all others end.

    Invalid names the field (``password``, ``new_password``); a wrong present one counts like one at the sign-in.
    """
    with lobby.store.read() as reader:
        kept, door = passwords.kept_hash(reader, person.id), _door(reader, lobby, caller, person)
        _refuse_locked(reader, door)
    if kept is None:
        raise Refused("You sign in without a password.", help="There is nothing to change here.")
    # Both outside a transaction: each takes a tenth of a second.
    try:
        with lobby.gate.place(caller.source, known=True):
            hashed = _hashed(person, present, wanted)
            right = passwords.matches(present, kept)
    except Busy as busy:
        raise SignInBusy from busy
    with lobby.store.write() as tx:
        changed = _settle(tx, lobby, door, person, right=right, kept=kept)
        if changed:
            change_password(tx, lobby.ledger, person.id, hashed, actor=person.id, keep_session=session_id)
    if not changed:
        raise Invalid(_NOT_RIGHT, {"password": _NOT_RIGHT})


def _settle(tx: Transaction, lobby: Lobby, door: Door, person: Person, *, right: bool, kept: str) -> bool:
    live = hold(tx, person.id)
    # Asked again: tries made in parallel must not all pass on the count before the first of them.
    _refuse_locked(tx, door)
    if right and live and passwords.kept_hash(tx, person.id) == kept:
        lockout.clear(tx, door)
        return True
    until = lockout.count_failure(tx, door)
    facts = {"source": door.source, "until": until.isoformat() if until else None}
    lobby.ledger.append(tx, Entry("person.password_refused", person.id, subject=person.id, facts=facts))
    return False


def _hashed(person: Person, present: str, wanted: str) -> str:
    if wanted == present:
        sentence = "Choose another one than you have."
        raise Invalid(sentence, {"new_password": sentence})
    try:
        return passwords.hash_password(wanted, words_about(person))
    except Invalid as error:
        raise Invalid(str(error), {"new_password": str(error)}) from error


def _door(reader: Reader, lobby: Lobby, caller: Caller, person: Person) -> Door:
    known = knows_source(reader, person.id, caller.source)
    # The same count as at the sign-in, so that a stolen session is no second place to guess.
    return Door(Kind.PASSWORD, lobby.box.digest(email_key(person.email), "email"), caller.source, known=known)


def _refuse_locked(reader: Reader, door: Door) -> None:
    until = lockout.locked_until(reader, door)
    if until is not None and until - reader.at > timedelta(0):
        again = f"Try again in {in_words(until - reader.at)}."
        raise Refused(f"There were too many wrong tries. {again}", help=again)
