"""Password, then code. Passkeys and single sign-on will end in the same two steps: begin, elevate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.errors import Conflict, Refused
from broker.identity.caller import Caller
from broker.identity.email_key import email_key
from broker.identity.factors.passkeys.confirm import PasskeyDesk, confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import FactorRefused, in_words
from broker.identity.factors.step_up import Action, Method, Proof, confirm
from broker.identity.people import Person, by_email, hold
from broker.identity.secret_box import SecretBox
from broker.identity.sessions import sessions
from broker.identity.sessions.sessions import Opened, Session, SessionOver
from broker.identity.signing_in import lockout, passwords
from broker.identity.signing_in.gate import COME_AGAIN, Busy, Gate
from broker.identity.signing_in.known_sources import knows_source, remember_source
from broker.identity.signing_in.local_accounts import IN_USE, LocalAccounts
from broker.identity.signing_in.lockout import Door, Kind
from broker.identity.signing_in.nobodys_tries import note_nobodys
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Store, Transaction


@dataclass(frozen=True)
class Lobby:
    """What signing in works with, wired once."""

    store: Store
    ledger: Ledger
    box: SecretBox
    party: RelyingParty | None = None
    local_accounts: LocalAccounts = IN_USE
    gate: Gate = field(default_factory=Gate)

    @property
    def passkeys(self) -> PasskeyDesk:
        return PasskeyDesk(self.ledger, self.box, self.party)


class SignInFailed(Refused):
    """One sentence for an unknown email, a wrong password and a disabled person alike.

    ``wait`` is above zero when there were too many tries, which is said to anybody.
    """

    def __init__(self, wait: timedelta = timedelta(0)) -> None:
        if wait > timedelta(0):
            help_ = f"Try again in {in_words(wait)}."
            super().__init__(f"There were too many wrong tries. {help_}", help=help_)
        else:
            super().__init__("The email or the password is not right.", help="Check both and try again.")
        self.wait = wait


class FirstPasswordOver(SignInFailed):
    """Said only to whoever has the right one: somebody else chose it, and that was too long ago."""

    def __init__(self) -> None:
        super().__init__()
        self.args = ("This password was only for the first days. Ask an administrator for a new one.",)


class SignInBusy(SignInFailed):
    """Too many passwords are being checked. Nothing was checked or counted; a passkey needs no such turn."""

    def __init__(self) -> None:
        super().__init__()
        self.args = ("Very many people are signing in right now, so your password was not checked.",)
        self.help = f"Try again in {in_words(COME_AGAIN)}, or use a passkey."
        self.wait = COME_AGAIN


@dataclass(frozen=True)
class FirstFactor:
    """The password was right. ``person.has_factor`` says whether to ask for a code or to enrol."""

    opened: Opened
    person: Person


def check_password(lobby: Lobby, caller: Caller, *, email: str, password: str) -> FirstFactor:
    """Begin a session that still needs the second factor, or SignInFailed with the try counted."""
    with lobby.store.read() as reader:
        claim = _claim(reader, lobby, caller, email)
        locked = lockout.locked_until(reader, claim.door)
        if locked is not None:
            raise SignInFailed(locked - reader.at)
    # Outside a transaction: this takes a tenth of a second, and nobody else should wait for it.
    try:
        with lobby.gate.place(caller.source, known=claim.door.known):
            right = passwords.matches(password, claim.kept)
            better = passwords.renewed(password, claim.kept) if right and claim.kept else None
    except Busy as busy:
        raise SignInBusy from busy
    with lobby.store.write() as tx:
        answer = _judge(tx, lobby.ledger, caller, claim, right=right)
        if better and isinstance(answer, FirstFactor):
            passwords.renew_hash(tx, answer.person.id, better)
    if isinstance(answer, SignInFailed):
        raise answer
    return answer


def check_code(
    lobby: Lobby, caller: Caller, *, token: str, code: str, wall: datetime, passkey: str = ""
) -> Opened:
    """Elevate the session of ``token``: the answer's token replaces it. FactorRefused with the try counted.

    ``passkey`` goes before the code where it is not empty: see ``confirm_by_passkey``.
    """
    ledger, source = lobby.ledger, caller.source
    with lobby.store.write() as tx:
        session = first_factor_session(tx, token)
        who, action = session.person.id, Action("sign_in", {"session": session.id})
        if passkey:
            answer = confirm_by_passkey(tx, lobby.passkeys, who, passkey, action, source=source)
        else:
            answer = confirm(tx, ledger, lobby.box, who, code, action, wall=wall, source=source)
        if isinstance(answer, Proof):
            return signed_in(tx, ledger, caller, session, token, answer.method)
    raise FactorRefused(answer)


@dataclass(frozen=True)
class _Claim:
    """Who somebody says they are, and what is kept of that person, if there is one."""

    person: Person | None
    kept: str | None
    door: Door


def _claim(reader: Reader, lobby: Lobby, caller: Caller, email: str) -> _Claim:
    person = by_email(reader, email)
    known = person is not None and knows_source(reader, person.id, caller.source)
    # Known and unknown addresses are counted under the same kind of key, so they lock alike.
    door = Door(Kind.PASSWORD, lobby.box.digest(email_key(email), "email"), caller.source, known=known)
    # Where policy takes local accounts out of use, a password is as if there were none: no answer tells the two apart.
    has_one = person is not None and lobby.local_accounts.admit(person.email)
    return _Claim(person, passwords.kept_hash(reader, person.id) if person and has_one else None, door)


def _judge(
    tx: Transaction, ledger: Ledger, caller: Caller, claim: _Claim, *, right: bool
) -> FirstFactor | SignInFailed:
    person = claim.person
    live = person is not None and hold(tx, person.id)
    # Asked again: tries made in parallel must not all pass on the count before the first of them.
    locked = lockout.locked_until(tx, claim.door)
    if locked is not None:
        return SignInFailed(locked - tx.at)
    if person is None or not (right and live and passwords.kept_hash(tx, person.id) == claim.kept):
        return _failed(tx, ledger, claim)
    until = passwords.good_until(tx, person.id)
    if until is not None and until <= tx.at:
        facts = {"source": claim.door.source, "why": "password_over"}
        ledger.append(tx, Entry("person.sign_in_failed", "broker", subject=person.id, facts=facts))
        return FirstPasswordOver()
    lockout.clear(tx, claim.door)
    return FirstFactor(sessions.begin(tx, person.id, caller), person)


def _failed(tx: Transaction, ledger: Ledger, claim: _Claim) -> SignInFailed:
    subject = claim.person.id if claim.person else None
    door = claim.door
    # Of an address nobody has, only its keyed digest is written down: people mistype passwords into it.
    who = {"source": door.source} if subject else {"source": door.source, "account": door.account[:16]}
    _note(tx, ledger, Entry("person.sign_in_failed", "broker", subject=subject, facts=who))
    until = lockout.count_failure(tx, door)
    if until is None:
        return SignInFailed()
    facts = {**who, "kind": door.kind.value, "until": until.isoformat()}
    _note(tx, ledger, Entry("person.locked_out", "broker", subject=subject, facts=facts))
    return SignInFailed(until - tx.at)


def _note(tx: Transaction, ledger: Ledger, entry: Entry) -> None:
    if entry.subject is None:
        note_nobodys(tx, ledger, entry)
    else:
        ledger.append(tx, entry)


def first_factor_session(tx: Transaction, token: str) -> Session:
    """The session of ``token`` that has seen the password alone; SessionOver or Conflict when it is none."""
    session = sessions.look_up(tx, token)
    if session is None:
        raise SessionOver
    if session.mfa_at is not None:
        raise Conflict("You are signed in already.", help="Go to your start page.")
    return session


def signed_in(
    tx: Transaction, ledger: Ledger, caller: Caller, session: Session, token: str, method: Method
) -> Opened:
    """The second factor was proved in this transaction: a new token for the session."""
    opened = sessions.elevate(tx, token, method)
    remember_source(tx, session.person.id, caller.source)
    facts = {"session": session.id, "factor": method.value, "source": caller.source}
    ledger.append(tx, Entry("person.signed_in", session.person.id, subject=session.person.id, facts=facts))
    return opened
