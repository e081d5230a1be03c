"""Makes the keys that are missing and writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from broker.errors import Conflict
from broker.key_encryption.wrapping import KeyEncryptionKey
from broker.key_files import secret_key
from broker.keyring.lifetimes import PUBLISHED_AHEAD
from broker.keyring.make import LINK_ALG, Made, link_key, sealed, token_key
from broker.keyring.remembered import WITHDRAWN
from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.rows import KeyRows, Rows
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction

BY_ITSELF = "broker"


@dataclass(frozen=True)
class RingRules:
    """``period`` is how long a key signs; ``old_links`` the file that held the one link key of earlier versions."""

    alg: str
    period: timedelta
    old_links: Path

    def alg_of(self, use: KeyUse) -> str:
        return self.alg if use is KeyUse.TOKENS else LINK_ALG


@dataclass(frozen=True)
class Workshop:
    """What keys are made and moved with."""

    store: Store
    ledger: Ledger
    keys: KeyEncryptionKey
    rows: KeyRows
    rules: RingRules

    def lacks(self, rows: Rows, use: KeyUse) -> tuple[KeyState, ...]:
        """The states that a key is missing for."""
        following = rows.one(use, KeyState.NEXT)
        wrong = following is None or following.alg != self.rules.alg_of(use)
        first = (KeyState.CURRENT,) if rows.one(use, KeyState.CURRENT) is None else ()
        return (*first, KeyState.NEXT) if wrong else first

    def fill(self, use: KeyUse, state: KeyState) -> None:
        """Make a key for a state that none has. Of several processes that do so, one is written down."""
        made = self._material(use, state)
        row = self.seal(made, state)
        with self.store.write() as tx:
            rows = self.cleared(tx)
            if state in self.lacks(rows, use):
                self._drop_unwanted(tx, rows, use)
                self.add(tx, row, rows.one(use, KeyState.CURRENT))

    def drop_old_file(self, rows: Rows) -> None:
        """Remove a secret in clear that is in the ring by now, or was overtaken by one that is."""
        if rows.one(KeyUse.LINKS, KeyState.CURRENT) is not None:
            self.rules.old_links.unlink(missing_ok=True)

    def cleared(self, tx: Transaction, *, even_all: bool = False) -> Rows:
        """The rows, before any is changed; those not believed are put where they keep no good one from its place.

        Conflict where none at all is believed: that is a broker beside a wrong database, or with a wrong
        identity.key, and it must not push a good ring aside, unless somebody says so.
        """
        rows = self.rows.read(tx)
        if rows.refused and not rows.keys and not even_all:
            raise Conflict(
                "No row of the key ring was written by this broker, so none is used and none is made.",
                help="Look whether identity.key is the right one. If it had to be made anew, "
                "make new keys too: broker keys rotate --now, and the same with --links.",
            )
        if aside := self.rows.set_aside(tx, rows.refused):
            self.ledger.append(tx, Entry("keys.refused", BY_ITSELF, facts={"kids": aside}))
        return rows

    def fresh(self, use: KeyUse) -> Made:
        return token_key(self.rules.alg) if use is KeyUse.TOKENS else link_key()

    def seal(self, made: Made, state: KeyState) -> RingKey:
        """Asks the key service, so it is not called inside a transaction."""
        now = self.store.clock.now()
        return sealed(made, self.keys, state, now, now)

    def add(self, tx: Transaction, row: RingKey, current: RingKey | None, actor: str = BY_ITSELF) -> RingKey:
        """Write a new key down, due when ``current`` has signed for its time."""
        key = row.timed(tx.at, self._due(row.state, tx.at, current))
        self.rows.add(tx, key)
        facts = {"kid": key.kid, "use": key.use, "alg": key.alg, "state": key.state}
        self.ledger.append(tx, Entry("keys.made", actor, facts=facts))
        return key

    def withdraw(
        self, tx: Transaction, key: RingKey, actor: str = BY_ITSELF, *, compromised: bool = False
    ) -> None:
        """Believed by nobody from now on; its private half is destroyed."""
        self.rows.change(tx, key, key.moved(KeyState.WITHDRAWN, withdraw_at=tx.at))
        facts = {"kid": key.kid, "use": key.use, "compromised": compromised}
        self.ledger.append(tx, Entry(WITHDRAWN, actor, facts=facts))

    def _due(self, state: KeyState, at: datetime, current: RingKey | None) -> datetime:
        if state is KeyState.CURRENT:
            return at
        signing_since = current.current_from if current else at
        return max(signing_since + self.rules.period, at + PUBLISHED_AHEAD)

    def _material(self, use: KeyUse, state: KeyState) -> Made:
        taken_over = use is KeyUse.LINKS and state is KeyState.CURRENT and self.rules.old_links.exists()
        return link_key(secret_key(self.rules.old_links)) if taken_over else self.fresh(use)

    def _drop_unwanted(self, tx: Transaction, rows: Rows, use: KeyUse) -> None:
        following = rows.one(use, KeyState.NEXT)
        if following is not None and following.alg != self.rules.alg_of(use):
            self.withdraw(tx, following)
