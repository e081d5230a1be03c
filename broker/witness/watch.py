"""The round that is rung every half minute: sign where the ledger stands, let it be vouched for, bar granting if need be."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

import structlog

from broker.errors import BrokerError
from broker.ledger.body import instant
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.entry import Entry
from broker.store import Store
from broker.witness.asking.gather import Known, Witnesses, gather
from broker.witness.asking.named import Named
from broker.witness.guard import Guard, Mismatch

CONTRADICTED = "ledger.contradicted"

log = structlog.get_logger("broker.witness")


@dataclass(frozen=True)
class Watch:
    """What vouches for the ledger, and what happens when something does not fit."""

    store: Store
    ledger: Ledger
    keeper: CheckpointKeeper
    witnesses: Witnesses

    @property
    def guard(self) -> Guard:
        return Guard(self.keeper.path.parent)

    def ring(self) -> None:
        """One round. Raises LedgerBroken after granting was barred, so that it is logged each time."""
        try:
            self.keeper.keep(self.store)
        except LedgerBroken as broken:
            self.bar(str(broken.fault.words), by="")
            raise
        before = {witness for witness, standing in self.witnesses.standings() if standing.contradiction}
        known = gather(self.witnesses, self.store, self.keeper)
        self._tell_new(before, known)
        proven = [each for each in known if each[1].contradiction and each[1].contradiction.proven]
        if proven:
            witness, standing = proven[0]
            self.bar(standing.contradiction.words if standing.contradiction else "", by=witness.key.name)
        elif self.guard.found():
            log.warning("ledger_fits_again")
            self.guard.lift()

    def bar(self, words: str, *, by: str) -> None:
        """Let nothing be granted, and write down once why."""
        found = self.guard.found() or Mismatch(words, by, instant(self.store.clock.now()))
        self._bar(found)
        if not found.told and self._write_down({"by": by or "checkpoint", "words": found.words}):
            self._bar(replace(found, told=True))

    def _bar(self, mismatch: Mismatch) -> None:
        try:
            self.guard.bar(mismatch)
        except OSError as error:
            log.error("bar_not_written", fault=str(error.strerror))  # noqa: TRY400 - no trace is wanted

    def _tell_new(self, told: Container[Named], known: Iterable[Known]) -> None:
        """What a witness only says bars nothing, and is written down when it begins."""
        for witness, standing in known:
            found = standing.contradiction
            if found:
                log.error(
                    "ledger_contradicted", witness=witness.key.name, proven=found.proven, size=found.size
                )
            if found and not found.proven and witness not in told:
                self._write_down({"by": witness.key.name, "words": found.words})

    def _write_down(self, facts: Mapping[str, str]) -> bool:
        try:
            with self.store.write() as tx:
                self.ledger.append(tx, Entry(CONTRADICTED, "broker", facts=facts))
        except BrokerError:
            log.exception("contradiction_not_written_down", **facts)
            return False
        return True
