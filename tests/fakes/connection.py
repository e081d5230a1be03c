"""What an adapter is given in tests that need no broker."""

from __future__ import annotations

from typing import Any

from broker.adapters.kind import Connection
from broker.adapters.lease import LeaseSigner
from broker.clock import Clock, SystemClock
from tests.fakes.memory import PlainMemory


def connection_to(url: str, signer: LeaseSigner, clock: Clock | None = None, **differing: Any) -> Connection:
    """A connection to the site ``clinic``, on a private address unless told otherwise."""
    said = {"site": "clinic", "allow_private": True, "mark": lambda: 2, "memory": PlainMemory()} | differing
    return Connection(base_url=url, signer=signer, clock=clock or SystemClock(), **said)
