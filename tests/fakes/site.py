"""A site in memory: checks every signature for real, and can be told to misbehave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broker.adapters.jws import DocumentRefused
from broker.adapters.lease import LeaseClaims
from broker.adapters.pairing import Pairing
from broker.adapters.port import ActiveLease, Answer, Health, Observation, Outcome, SignedDocument
from broker.adapters.verify import verify_lease, verify_revocation
from broker.clock import Clock
from broker.errors import CompanionMissing, SiteError

DONE = Outcome(Answer.DONE)


@dataclass
class FakeSite:
    """``fault`` is what the next calls meet: down, timeout (the effect happens), gone, refuse, or nothing."""

    pairing: Pairing
    clock: Clock
    fault: str = ""
    leases: dict[str, LeaseClaims] = field(default_factory=dict)
    tombstones: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        self._meet("apply")
        answers = {document.grant: self._apply(document) for document in leases}
        self._answer_lost()
        return answers

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        self._meet("revoke")
        for document in revocations:
            claims = verify_revocation(document.jws, self.pairing)
            self.tombstones[claims.grant] = max(claims.version, self.tombstones.get(claims.grant, 0))
            if self.fault != "stuck":
                self.leases.pop(claims.grant, None)
        self._answer_lost()
        return {document.grant: DONE for document in revocations}

    def observe(self) -> Observation:
        self._meet("observe")
        active = {
            grant: ActiveLease(grant, lease.account, lease.version, lease.expires_at)
            for grant, lease in self.leases.items()
            if self.opens(grant)
        }
        return Observation(active, self.clock.wall())

    def health(self) -> Health:
        self._meet("health")
        return Health("fake", "1.0", "0" * 64, self.clock.wall())

    def entrance(self, scope: Mapping[str, Any]) -> str:
        return f"https://clinic.example/{scope['post_type']}"

    def opens(self, grant: str) -> bool:
        """Whether the site itself would let the holder in now: it looks at its own clock."""
        lease = self.leases.get(grant)
        return lease is not None and self.clock.wall() < lease.expires_at

    def holders(self, now: datetime) -> set[str]:
        return {lease.grant for lease in self.leases.values() if now < lease.expires_at}

    def _apply(self, document: SignedDocument) -> Outcome:
        if self.fault == "refuse":
            return Outcome(Answer.REFUSED, "forbidden_capability")
        try:
            lease = verify_lease(document.jws, self.pairing, self.clock.wall())
        except DocumentRefused as error:
            return Outcome(Answer.REFUSED, str(error))
        if lease.version <= self.tombstones.get(lease.grant, 0):
            return Outcome(Answer.REFUSED, "revoked")
        self.leases[lease.grant] = lease
        return DONE

    def _meet(self, call: str) -> None:
        self.calls.append(call)
        if self.fault == "down":
            raise SiteError("The site does not answer.", effect_unknown=False)
        if self.fault == "gone":
            raise CompanionMissing("The site answers, but its companion does not.")

    def _answer_lost(self) -> None:
        if self.fault == "timeout":
            raise SiteError("The site did not answer in time.", effect_unknown=True)
