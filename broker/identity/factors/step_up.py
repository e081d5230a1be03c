"""A second factor, used up for one named act.

The code is consumed in the transaction of the act: both commit or neither does. A
wrong code has to be counted although the act does not go on, so ``confirm`` answers
a Refusal instead of raising, and the caller lets the transaction commit:

    with store.write() as tx:
        answer = confirm(tx, ..., action)
        if isinstance(answer, Proof):
            act(tx, answer)
    if isinstance(answer, Refusal):
        raise FactorRefused(answer)

Raising inside the block would roll the count back and let somebody guess for ever.
``perform`` is that pattern in one call. For the same reason, check everything else
about the input before the code, not after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import rfc8785

from broker.identity.factors import recovery_codes, totp
from broker.identity.factors.refusal import FactorRefused, Reason, Refusal
from broker.identity.people import hold
from broker.identity.secret_box import SecretBox
from broker.identity.signing_in import lockout
from broker.identity.signing_in.known_sources import knows_source
from broker.identity.signing_in.lockout import Door, Kind
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction

__all__ = ["Action", "FactorRefused", "Method", "Proof", "Reason", "Refusal", "confirm", "perform"]

T = TypeVar("T")


class Method(StrEnum):
    """How a factor was proved; ``SSO`` is a provider's word that it was."""

    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    SSO = "sso"


@dataclass(frozen=True)
class Action:
    """One act by name, such as ``request.ask``, and what it is about: opaque ids, codes, digests."""

    verb: str
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """64 hex characters: SHA-256 of the canonical JSON of both."""
        canonical = rfc8785.dumps({"verb": self.verb, "about": dict(self.about)})
        return hashlib.sha256(canonical).hexdigest()


@dataclass(frozen=True)
class Proof:
    """That a person proved a second factor for one act, at one instant."""

    person_id: str
    action_digest: str
    method: Method
    at: datetime

    def covers(self, action: Action) -> bool:
        return self.action_digest == action.digest

    @property
    def facts(self) -> dict[str, str]:
        """For the ledger entry of the act."""
        return {"factor": self.method.value, "action_digest": self.action_digest}


def confirm(
    tx: Transaction,
    ledger: Ledger,
    box: SecretBox,
    person_id: str,
    code: str,
    action: Action,
    *,
    wall: datetime,
    source: str,
) -> Proof | Refusal:
    """Use ``code`` (one-time or recovery) up for ``action``, or say why not. Never raises over a wrong code.

    ``wall`` is the machine's own time, as a phone counts; ``source`` what ``Caller.source`` is.
    """
    live = hold(tx, person_id)
    door = Door(Kind.CODE, person_id, source, known=knows_source(tx, person_id, source))
    until = lockout.locked_until(tx, door)
    if until is not None:
        return Refusal(Reason.LOCKED, wait=until - tx.at)
    method = Method.TOTP if totp.is_totp(code) else Method.RECOVERY
    refusal = _consume(tx, box, person_id, code, method, wall) if live else Refusal(Reason.WRONG)
    if refusal is not None:
        return _refused(tx, ledger, door, refusal, action)
    lockout.clear(tx, door)
    if method is Method.RECOVERY:
        left = recovery_codes.how_many_left(tx, person_id)
        facts = {"action": action.verb, "left": left}
        ledger.append(tx, Entry("recovery_code.used", person_id, subject=person_id, facts=facts))
    return Proof(person_id, action.digest, method, tx.at)


def perform(
    store: Store, check: Callable[[Transaction], Proof | Refusal], act: Callable[[Transaction, Proof], T]
) -> T:
    """``act`` in the transaction in which ``check`` took the code; FactorRefused once a refusal is committed."""
    with store.write() as tx:
        answer = check(tx)
        if isinstance(answer, Proof):
            return act(tx, answer)
    raise FactorRefused(answer)


def _consume(
    tx: Transaction, box: SecretBox, person_id: str, code: str, method: Method, wall: datetime
) -> Refusal | None:
    if method is Method.TOTP:
        return totp.consume(tx, box, person_id, code, wall)
    return recovery_codes.consume(tx, person_id, code)


def _refused(tx: Transaction, ledger: Ledger, door: Door, refusal: Refusal, action: Action) -> Refusal:
    who = door.account
    facts = {"reason": refusal.reason.value, "action": action.verb, "source": door.source}
    ledger.append(tx, Entry("factor.refused", who, subject=who, facts=facts))
    # A code sent twice is no guess: only wrong ones count.
    until = lockout.count_failure(tx, door) if refusal.reason is Reason.WRONG else None
    if until is None:
        return refusal
    facts = {"kind": door.kind.value, "source": door.source, "until": until.isoformat()}
    ledger.append(tx, Entry("person.locked_out", "broker", subject=who, facts=facts))
    return Refusal(Reason.LOCKED, wait=until - tx.at)
