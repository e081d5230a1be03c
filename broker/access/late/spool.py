"""Where records wait that cannot be written down now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from broker.access.late.lines import Lines
from broker.access.late.record import Late
from broker.store.ended_elsewhere import EndedElsewhere

Compose = Callable[[Sequence[Late]], Sequence[Late]]


class Spool(Protocol):
    """Where records wait until they can be written down."""

    def ended(self) -> EndedElsewhere:
        """What ended by records that wait. Asked at every use of access."""
        ...

    def waiting(self) -> Lines: ...

    def keep(self, compose: Compose) -> bool:
        """Put aside what ``compose`` answers to what waits already; whether it will outlive this process."""
        ...

    def forget(self, seen: Lines) -> None:
        """All of ``seen`` is written down."""
        ...


class NoSpool:
    """For a broker that has no folder: nothing is kept, and whoever asked is told so."""

    def ended(self) -> EndedElsewhere:
        return {}

    def waiting(self) -> Lines:
        return Lines()

    def keep(self, compose: Compose) -> bool:  # noqa: ARG002 - as the protocol has it
        return False

    def forget(self, seen: Lines) -> None:
        """Nothing was kept."""
