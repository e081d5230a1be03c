"""The port, spoken to any site that carries a companion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from broker.adapters.companion.answers import (
    read_effective,
    read_events,
    read_health,
    read_observation,
    read_outcomes,
    read_readiness,
)
from broker.adapters.companion.call import Caller
from broker.adapters.port import (
    BATCH_LIMIT,
    EventPage,
    Health,
    Observation,
    Outcome,
    SignedDocument,
    check_batch,
)


class CompanionSite:
    """All of the port that does not depend on the platform behind the companion.

    ``diagnose`` turns the companion's words about itself into sentences.
    """

    def __init__(self, caller: Caller, diagnose: Callable[[Health], Health]) -> None:
        self._caller = caller
        self._diagnose = diagnose

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        return self._send("apply", leases)

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        return self._send("revoke", revocations)

    def contain(self, orders: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        return self._send("contain", orders)

    def protect(self, rule: SignedDocument) -> Outcome:
        return self._send("protect", [rule])[rule.id]

    def observe(self) -> Observation:
        return read_observation(self._caller.post("observe"))

    def events(self, after: int) -> EventPage:
        return read_events(self._caller.post("events", after=after))

    def resume(self) -> None:
        self._caller.post("resume")

    def health(self) -> Health:
        return self._diagnose(read_health(self._caller.post("health")))

    def readiness(self, accounts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Raises ValueError on more than BATCH_LIMIT accounts."""
        if len(accounts) > BATCH_LIMIT:
            raise ValueError(f"at most {BATCH_LIMIT} accounts are asked about at once")
        return read_readiness(self._caller.post("readiness", accounts=list(accounts))) if accounts else {}

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        return read_effective(self._caller.post("effective", scope=dict(scope)))

    def _send(self, verb: str, documents: Sequence[SignedDocument]) -> dict[str, Outcome]:
        """Raises ValueError on more than BATCH_LIMIT documents or two about one thing."""
        check_batch(documents)
        if not documents:
            return {}
        answer = self._caller.post(verb, documents=[document.jws for document in documents])
        return read_outcomes(answer, [document.id for document in documents])
