"""Which proofs were used before, as a resource server remembers it."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Protocol

from broker.verify.dpop import DpopProof
from broker.verify.refused import CannotTell

MOST = 100_000


class Replays(Protocol):
    """Several processes or machines need a memory they share: in Redis, ``SET digest 1 NX EXAT seconds``."""

    def first_time(self, proof: DpopProof, now: datetime) -> bool:
        """Remember ``proof.digest`` until ``proof.worthless_from``; of several at once exactly one hears True."""
        ...


class ReplaysInMemory:
    """For one process. When it is full nothing more is let in until the oldest are over."""

    def __init__(self, most: int = MOST) -> None:
        self._seen: dict[str, datetime] = {}
        self._most = most
        self._lock = threading.Lock()

    def first_time(self, proof: DpopProof, now: datetime) -> bool:
        with self._lock:
            if proof.digest in self._seen:
                return False
            if len(self._seen) >= self._most:
                self._forget(now)
            self._seen[proof.digest] = proof.worthless_from
            return True

    def _forget(self, now: datetime) -> None:
        self._seen = {digest: end for digest, end in self._seen.items() if end > now}
        if len(self._seen) >= self._most:
            raise CannotTell("too_many_proofs")
