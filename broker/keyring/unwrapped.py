"""Secrets of the ring that this process has opened, held in memory by the name of their key."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from broker.errors import BrokerError
from broker.key_encryption.wrapping import KeyEncryptionKey
from broker.keyring.make import opened
from broker.keyring.ring_key import RingKey

log = structlog.get_logger("broker.keyring")

ASK_AGAIN_AFTER = timedelta(seconds=15)
"""A key service that does not answer is not asked at every request."""


class Unwrapped:
    def __init__(self, keys: KeyEncryptionKey) -> None:
        self.keys = keys
        self._lock = threading.Lock()
        self._secrets: dict[str, bytes] = {}
        self._faults: dict[str, tuple[str, datetime]] = {}

    def get(self, kid: str) -> bytes | None:
        return self._secrets.get(kid)

    def fault(self, kid: str) -> str | None:
        """Why it could not be opened, when it could not."""
        told = self._faults.get(kid)
        return told and told[0]

    def lacks(self, keys: Iterable[RingKey], at: datetime) -> bool:
        """Whether there is one to be opened that was not tried just now."""
        return any(self._is_to_be_tried(key, at) for key in keys)

    def learn(self, keys: tuple[RingKey, ...], at: datetime) -> None:
        """Open those not yet known and forget every other. A key that does not open stops none."""
        with self._lock:
            for key in keys:
                if self._is_to_be_tried(key, at):
                    self._open(key, at)
            wanted = {key.kid for key in keys}
            self._secrets = {kid: secret for kid, secret in self._secrets.items() if kid in wanted}
            self._faults = {kid: told for kid, told in self._faults.items() if kid in wanted}

    def _is_to_be_tried(self, key: RingKey, at: datetime) -> bool:
        if key.kid in self._secrets:
            return False
        told = self._faults.get(key.kid)
        return told is None or at >= told[1] + ASK_AGAIN_AFTER

    def _open(self, key: RingKey, at: datetime) -> None:
        try:
            self._secrets = {**self._secrets, key.kid: opened(key, self.keys)}
            self._faults.pop(key.kid, None)
        except BrokerError as error:
            log.warning("key_not_opened", kid=key.kid, why=str(error))
            self._faults[key.kid] = (f"{error} {error.help}", at)
