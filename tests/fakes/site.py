"""A site in memory: checks every signature for real, and can be told to misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from broker.adapters.jws import DocumentRefused
from broker.adapters.lease import EVERYONE, ContainmentAction, ContainmentClaims, LeaseClaims
from broker.adapters.pairing import Pairing
from broker.adapters.port import (
    BATCH_LIMIT,
    AccountState,
    ActiveLease,
    Answer,
    EventPage,
    Health,
    Observation,
    Outcome,
    SignedDocument,
    SiteEvent,
)
from broker.adapters.verify import verify_containment, verify_lease, verify_protection, verify_revocation
from broker.clock import Clock
from broker.errors import CompanionMissing, SiteError
from tests.fakes.chained import NOTHING, chained
from tests.fakes.objection import against, within_limits

DONE = Outcome(Answer.DONE)


@dataclass
class FakeSite:
    """``fault`` is what the next calls meet: down, timeout (the effect happens), gone, refuse, or nothing.

    ``told`` answers the mark of the broker's calls; ``restored`` is a site whose database is older than it.
    ``known`` are its accounts, None that it knows any; ``recording`` one that tells of leases among its events.
    """

    pairing: Pairing
    clock: Clock
    fault: str = ""
    leases: dict[str, LeaseClaims] = field(default_factory=dict)
    tombstones: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    told: Callable[[], int] = int
    mark: int = 0
    restored: bool = False
    frozen: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, AccountState] = field(default_factory=dict)
    unready: dict[str, tuple[str, ...]] = field(default_factory=dict)
    happened: list[SiteEvent] = field(default_factory=list)
    orders: list[ContainmentClaims] = field(default_factory=list)
    rules: list[SignedDocument] = field(default_factory=list)
    known: set[str] | None = None
    recording: bool = False
    spared: tuple[str, ...] = ()

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        self._meet("apply")
        within_limits(leases)
        answers = {document.id: self._apply(document) for document in leases}
        self._answer_lost()
        return answers

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        self._meet("revoke")
        within_limits(revocations)
        answers = {document.id: self._revoke(document) for document in revocations}
        self._answer_lost()
        return answers

    def observe(self) -> Observation:
        self._meet("observe")
        active = {
            grant: ActiveLease(grant, lease.account, lease.version, lease.expires_at)
            for grant, lease in self.leases.items()
            if self.opens(grant)
        }
        seen = Observation(
            active, self.clock.wall(), self.mark, self._accounts(), everyone_frozen=EVERYONE in self.frozen
        )
        self._remember()
        return seen

    def contain(self, orders: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        self._meet("contain")
        within_limits(orders)
        answers = {document.id: self._contain(document) for document in orders}
        self._answer_lost()
        return answers

    def protect(self, rule: SignedDocument) -> Outcome:
        self._meet("protect")
        verify_protection(rule.jws, self.pairing)
        self.rules.append(rule)
        return DONE

    def events(self, after: int) -> EventPage:
        self._meet("events")
        head = self.happened[-1] if self.happened else SiteEvent(0, "", NOTHING)
        following = [event for event in self.happened if event.seq > after]
        return EventPage(following[:BATCH_LIMIT], head.seq, head.hash)

    def resume(self) -> None:
        self._meet("resume")
        self.restored, self.mark = False, self.told()

    def readiness(self, accounts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        self._meet("readiness")
        return {account: self._unready(account) for account in accounts}

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        self._meet("effective")
        return tuple(scope.get("resources", ())) or tuple(sorted(scope))

    def health(self) -> Health:
        self._meet("health")
        words = ("restored",) if self.restored else ()
        said = tuple(f"The site says: {word}." for word in words)
        health = Health(
            "fake", "1.0", "0" * 64, self.clock.wall(), said, words, tuple(self.pairing.keys), (), self.mark
        )
        self._remember()
        return health

    def happen(self, kind: str, account: str, grant: str = "", **facts: str) -> SiteEvent:
        """Something somebody did on the site, chained as a companion does it."""
        event = chained(self.happened, kind, account, grant, self.clock.wall(), facts)
        self.happened.append(event)
        return event

    def entrance(self, scope: Mapping[str, Any]) -> str:
        return f"https://clinic.example/{scope['posts']['post_type']}"

    def opens(self, grant: str) -> bool:
        """Whether the site itself would let the holder in now: it looks at its own clock."""
        lease = self.leases.get(grant)
        if lease is None or self.restored or self._is_frozen(lease.account):
            return False
        return self.clock.wall() < lease.expires_at

    def holders(self, now: datetime) -> set[str]:
        return {lease.grant for lease in self.leases.values() if now < lease.expires_at}

    def _apply(self, document: SignedDocument) -> Outcome:
        if self.fault == "refuse":
            return Outcome(Answer.REFUSED, "forbidden_capability")
        if self.restored:
            return Outcome(Answer.REFUSED, "restored")
        try:
            lease = verify_lease(document.jws, self.pairing, self.clock.wall())
        except DocumentRefused as error:
            return Outcome(Answer.REFUSED, error.reason)
        if objection := self._objection(lease):
            return Outcome(Answer.REFUSED, objection)
        if self.recording and self.leases.get(lease.grant) != lease:
            self.happen("lease_applied", lease.account, lease.grant)
        self.leases[lease.grant] = lease
        return DONE

    def _objection(self, lease: LeaseClaims) -> str:
        if self.known is not None and lease.account not in self.known:
            return "unknown_account"
        if self._is_frozen(lease.account):
            return "frozen"
        if lease.grant in self.tombstones:
            return "revoked"
        return against(lease, self.leases.get(lease.grant))

    def _revoke(self, document: SignedDocument) -> Outcome:
        try:
            claims = verify_revocation(document.jws, self.pairing)
        except DocumentRefused as error:
            return Outcome(Answer.REFUSED, error.reason)
        self.tombstones[claims.grant] = max(claims.version, self.tombstones.get(claims.grant, 0))
        if self.fault != "stuck":
            self._end(claims.grant)
        return DONE

    def _end(self, grant: str) -> None:
        lease = self.leases.pop(grant, None)
        if lease and self.recording:
            self.happen("lease_ended", lease.account, grant)

    def _contain(self, document: SignedDocument) -> Outcome:
        try:
            order = verify_containment(document.jws, self.pairing)
        except DocumentRefused as error:
            return Outcome(Answer.REFUSED, error.reason)
        if self.known is not None and order.account not in self.known | {EVERYONE}:
            return Outcome(Answer.REFUSED, "unknown_account")
        if any(
            order.account == earlier.account and order.version < earlier.version for earlier in self.orders
        ):
            return Outcome(Answer.REFUSED, "stale_version")
        self.orders.append(order)
        self._obey(order)
        return DONE

    def _obey(self, order: ContainmentClaims) -> None:
        if ContainmentAction.FREEZE in order.actions:
            self.frozen[order.account] = order.version
            self.spared = order.spare if order.account == EVERYONE else self.spared
        if ContainmentAction.RELEASE in order.actions:
            self.frozen.pop(order.account, None)
        if ContainmentAction.END_LEASES in order.actions:
            for lease in list(self.leases.values()):
                if lease.account == order.account or (
                    order.account == EVERYONE and lease.account not in order.spare
                ):
                    self._end(lease.grant)

    def _is_frozen(self, account: str) -> bool:
        return account in self.frozen or (EVERYONE in self.frozen and account not in self.spared)

    def _unready(self, account: str) -> tuple[str, ...]:
        if self.known is not None and account not in self.known:
            return ("unknown_account",)
        return self.unready.get(account, ()) + (("frozen",) if self._is_frozen(account) else ())

    def _accounts(self) -> dict[str, AccountState]:
        held = {lease.account for grant, lease in self.leases.items() if self.opens(grant)}
        there = {name: AccountState(name) for name in held | set(self.frozen) - {EVERYONE}} | self.accounts
        return {
            name: replace(state, frozen=self._is_frozen(name) or state.frozen)
            for name, state in there.items()
        }

    def _remember(self) -> None:
        if not self.restored:
            self.mark = max(self.mark, self.told())

    def _meet(self, call: str) -> None:
        self.calls.append(call)
        if self.fault == "down":
            raise SiteError("The site does not answer.", effect_unknown=False)
        if self.fault == "gone":
            raise CompanionMissing("The site answers, but its companion does not.")

    def _answer_lost(self) -> None:
        self._remember()
        if self.fault == "timeout":
            raise SiteError("The site did not answer in time.", effect_unknown=True)
