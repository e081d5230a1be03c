"""Secrets of the ring that this process has opened, held in memory by the name of their key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from broker.errors import BrokerError
from broker.key_encryption.wrapping import KeyEncryptionKey, WrongWrapping
from broker.keyring.make import opened
from broker.keyring.ring_key import RingKey

ASK_AGAIN_AFTER = timedelta(seconds=15)
"""A key service that does not answer is not asked at every request."""


class Unwrapped:
    def __init__(self, keys: KeyEncryptionKey) -> None:
        self.keys = keys
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

    def learn(self, keys: tuple[RingKey, ...], at: datetime) -> dict[str, str]:
        """Open those not yet known and forget every other. Answers, by key, why one did not open just now."""
        failed: dict[str, str] = {}
        silent: dict[str, str] = {}
        for key in keys:
            if self._is_to_be_tried(key, at) and (why := self._open(key, silent)):
                failed[key.kid] = why
        told = {kid: (why, at) for kid, why in failed.items()}
        wanted = {key.kid for key in keys}
        self._secrets = {kid: secret for kid, secret in self._secrets.items() if kid in wanted}
        self._faults = {
            kid: each
            for kid, each in (self._faults | told).items()
            if kid in wanted and kid not in self._secrets
        }
        return failed

    def _is_to_be_tried(self, key: RingKey, at: datetime) -> bool:
        if key.kid in self._secrets:
            return False
        told = self._faults.get(key.kid)
        return told is None or at >= told[1] + ASK_AGAIN_AFTER

    def _open(self, key: RingKey, silent: dict[str, str]) -> str | None:
        """Why it did not open. A service that was ``silent`` for one key is not waited for again for the next."""
        if why := silent.get(key.wrapped.key_id):
            return why
        try:
            self._secrets = {**self._secrets, key.kid: opened(key, self.keys)}
        except BrokerError as error:
            why = f"{error} {error.help}"
            if not isinstance(error, WrongWrapping):
                silent[key.wrapped.key_id] = why
            return why
        return None
