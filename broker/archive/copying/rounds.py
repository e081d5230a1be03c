"""One round of archiving: everywhere, as far as the last checkpoint reaches. Nothing here may hold up a grant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from broker.archive.copying.copy_on import Source, copy_on
from broker.archive.copying.progress import contradicted, failed, recovered, stamped
from broker.archive.places.place import Contradicted, Place, checkpoint_name, stamp_name
from broker.errors import BrokerError
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

CONTRADICTED = "archive.contradicted"

log = structlog.get_logger("broker.archive")


@dataclass(frozen=True)
class Stamping:
    """``ask`` for a time-stamp of some bytes; ``check`` one that was kept."""

    ask: Callable[[bytes], bytes]
    check: Callable[[bytes, bytes], datetime]


@dataclass(frozen=True)
class Archiving:
    """``pace`` is how many seconds lie between two rounds."""

    source: Source
    places: tuple[Place, ...]
    stamping: Stamping | None = None
    pace: float = 60.0
    ledger: Ledger = field(default_factory=Ledger)

    def round(self) -> None:
        """The chore: what fails is written down, told in the log and tried again later; nothing is raised for it."""
        for place in self.places:
            if self.source.standing(place).waits(self.source.store.clock.now()):
                continue
            try:
                self.archive(place)
            except BrokerError as error:
                log.warning("archive_failed", place=place.id, fault=type(error).__name__)

    def archive(self, place: Place) -> int:
        """Bring one place up to date; how many entries that were. Raises what stood in the way, once it is written down."""
        try:
            count = copy_on(self.source, place)
        except BrokerError as error:
            stands = self.source.standing(place)
            failed(self.source.store, stands, f"{error} {error.help}", self.pace)
            if isinstance(error, Contradicted):
                contradicted(self.source.store, stands, partial(self._tell, place, str(error)))
            raise
        if (stands := self.source.standing(place)).fault:
            recovered(self.source.store, stands)
        self._stamp(place)
        return count

    def _tell(self, place: Place, words: str, tx: Transaction) -> None:
        self.ledger.append(tx, Entry(CONTRADICTED, "broker", facts={"by": place.label, "words": words}))

    def _stamp(self, place: Place) -> None:
        stands = self.source.standing(place)
        if self.stamping is None or not stands.stamped_size < stands.vouched_size:
            return
        size, fault = stands.vouched_size, None
        try:
            # What is stamped is what lies in the archive, whichever witnesses had signed it by then.
            if not place.kept(stamp_name(size)):
                content = place.kept(checkpoint_name(size))[0].content
                place.put(stamp_name(size), self.stamping.ask(content))
        except BrokerError as error:
            fault = f"{error} {error.help}"
            log.warning("time_stamp_failed", place=place.id, fault=type(error).__name__)
        stamped(self.source.store, stands, size, fault)
