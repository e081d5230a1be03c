"""The ring as one process knows it: which key signs, which are believed, and the secrets to do so."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

import structlog
from joserfc.jwk import Key, KeySet

from broker.errors import BrokerError, Unavailable
from broker.key_encryption.wrapping import KeyEncryptionKey
from broker.keyring.make import private_key
from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.rows import KeyRows, Rows
from broker.keyring.seen import NOTHING, Seen, needed_secrets, published_of
from broker.keyring.turn import is_due, turn
from broker.keyring.unwrapped import ASK_AGAIN_AFTER, Unwrapped
from broker.keyring.workshop import RingRules, Workshop
from broker.ledger.chain import Ledger
from broker.store import Store

log = structlog.get_logger("broker.keyring")


class KeyRing:
    """Signs and checks from memory; :meth:`ready` reads what other processes changed.

    Meets ``SigningKeys``. Nothing here asks a key service inside a transaction: signing by a key that this
    process could not open is Unavailable, checking needs no private key at all.
    """

    def __init__(
        self, store: Store, ledger: Ledger, keys: KeyEncryptionKey, secret: bytes, rules: RingRules
    ) -> None:
        """``secret`` proves rows: 32 bytes from outside the database."""
        self.workshop = Workshop(store, ledger, keys, KeyRows(secret), rules)
        self._unwrapped = Unwrapped(keys)
        self._seen: Seen | None = None
        self._shut: dict[str, str] = {}
        self._failed_at: datetime | None = None
        self._lock = threading.Lock()

    def ready(self) -> None:
        """Read the rows anew, move what is due and make what is missing. Call it before a transaction, not inside one.

        For a clock that rings in every process as well. Raises nothing: what cannot be done now is told
        by whatever needs the key.
        """
        try:
            rows = self._turned(self.refresh())
            lacking = [(use, state) for use in KeyUse for state in self.workshop.lacks(rows, use)]
            if lacking and self._may_ask():
                rows = self._filled(lacking)
            self.workshop.drop_old_file(rows)
        except (BrokerError, OSError) as error:
            log.warning("keys_not_ready", why=str(error))
        self._tell()

    def _may_ask(self) -> bool:
        # A key service that could wrap nothing just now is not waited for again at each look.
        failed_at = self._failed_at
        return failed_at is None or self.workshop.store.clock.now() >= failed_at + ASK_AGAIN_AFTER

    def _filled(self, lacking: list[tuple[KeyUse, KeyState]]) -> Rows:
        try:
            for use, state in lacking:
                self.workshop.fill(use, state)
        except Unavailable:
            self._failed_at = self.workshop.store.clock.now()
            raise
        self._failed_at = None
        return self.refresh()

    def _turned(self, rows: Rows) -> Rows:
        shop = self.workshop
        if not is_due(shop, rows, shop.store.clock.now()):
            return rows
        with shop.store.write() as tx:
            # Another process may have done it in the meantime: what counts is what stands there now.
            turn(tx, shop, shop.cleared(tx))
        return self.refresh()

    def refresh(self) -> Rows:
        """Read the rows anew and open what is new among them. Not called inside a transaction either."""
        # One thread at a time, so that none puts back what another has read since.
        with self._lock:
            return self._look()

    def current(self) -> Key:
        """The private key that signs tokens. Unavailable while there is none that this process could open."""
        seen = self._looked()
        if seen.current is None:
            raise self._no_key(seen.rows, KeyUse.TOKENS)
        return seen.current

    def published(self) -> KeySet:
        """The public keys a checker accepts."""
        return self._looked().published

    def link_secrets(self) -> Sequence[bytes]:
        """What links are signed by, oldest first, the one that signs last. Unavailable as for tokens."""
        self.ready()
        rows = self._looked().rows
        current = rows.one(KeyUse.LINKS, KeyState.CURRENT)
        if current is None or self._unwrapped.get(current.kid) is None:
            raise self._no_key(rows, KeyUse.LINKS)
        order = (*rows.only(KeyUse.LINKS, KeyState.OLD, KeyState.NEXT), current)
        return [secret for key in order if (secret := self._unwrapped.get(key.kid)) is not None]

    def fault(self, key: RingKey) -> str | None:
        """Why this process could not open a key, in a sentence; None when it did."""
        return self._unwrapped.fault(key.kid)

    def _look(self) -> Rows:
        with self.workshop.store.read() as reader:
            raw, seen = self.workshop.rows.raw(reader), self._seen
            known = seen is not None and seen.raw == raw
            rows = seen.rows if seen and known else self.workshop.rows.read(reader)
        needed = needed_secrets(rows)
        if seen is None or seen.rows is not rows or self._unwrapped.lacks(needed, reader.at):
            self._shut |= self._unwrapped.learn(needed, reader.at)
            self._seen = Seen(raw, rows, published_of(rows), self._signer(rows))
        return rows

    def _tell(self) -> None:
        shut, self._shut = self._shut, {}
        if shut:
            log.warning("keys_not_opened", kids=sorted(shut), why=sorted(set(shut.values())))

    def _looked(self) -> Seen:
        if self._seen is None:
            self.ready()
        return self._seen or NOTHING

    def _signer(self, rows: Rows) -> Key | None:
        current = rows.one(KeyUse.TOKENS, KeyState.CURRENT)
        secret = current and self._unwrapped.get(current.kid)
        return private_key(secret) if secret else None

    def _no_key(self, rows: Rows, use: KeyUse) -> Unavailable:
        current = rows.one(use, KeyState.CURRENT)
        why = current and self._unwrapped.fault(current.kid)
        return Unavailable(
            f"The key that signs {use} cannot be used now. {why or 'There is none yet.'}",
            help="Access that is due to end still ends. For the administrator: broker doctor",
        )
