"""One kind of site as the contract sees it: what to write for a new kind.

To join, write a module ``on_<kind>.py`` here with a function

    def start(broker: Author, folder: Path) -> AbstractContextManager[Specimen]

and name it in ``conftest.SPECIMENS``. It brings one site up, paired with
``broker`` (``broker.pairing`` is the text, ``broker.connection`` what an adapter
is given), with an empty past. The site lives for the whole run; tests take fresh
holders and leave nobody frozen.

What a kind cannot do stands in ``cannot``, one word each. The contract then
asks that it says so in ``Kind.limits`` and refuses instead of pretending.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from broker.adapters.kind import Kind
from broker.adapters.port import Adapter

CALLS = ("apply", "revoke", "contain", "protect", "observe", "events", "health", "readiness", "resume")
"""What a companion is asked, by the names of its routes."""


class Cannot(StrEnum):
    """What some kinds of sites cannot do, each tested where it can be done."""

    END_BY_ITSELF = "end a lease at its expiry while the broker is dead"
    TELL_EVENTS = "keep a chain of what happened"
    PROTECT = "keep a standing rule"
    NOTICE_RESTORING = "notice that it was put back from a backup"
    KNOW_KEYS = "check the broker's signature itself"
    TAKE_HUNDREDS = "take 500 documents in one call in time"


@dataclass(frozen=True)
class Holder:
    """A fresh account without any rights, and a scope that opens something to it."""

    account: str
    scope: Mapping[str, Any]


class Specimen(Protocol):
    """``adapter`` is connected as a broker would, with time-outs that suit a loaded machine."""

    kind: Kind
    cannot: frozenset[Cannot]
    adapter: Adapter

    def holder(self) -> Holder: ...

    def opens(self, holder: Holder) -> bool:
        """Whether the holder, asking the site itself, gets what their scope opens. Not what the adapter says."""
        ...

    def now(self) -> datetime:
        """By the site's own clock (UTC)."""
        ...

    def wait_until(self, instant: datetime) -> None:
        """Let the site's clock get there. The contract waits for three seconds at most."""
        ...

    def nobody_there(self) -> Adapter:
        """The same site at an address where nobody listens."""
        ...

    def mute(self) -> Adapter:
        """A way to the site on which calls arrive and are obeyed, and no answer ever comes back."""
        ...

    def back_up(self) -> Callable[[], None]:
        """Keep the site's database as it is; what is answered puts it back. Only where it can notice."""
        ...
