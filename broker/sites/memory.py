"""What an adapter must not forget about its site: sealed, committed at once, and claimed by one process at a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from broker.clock import new_id
from broker.errors import SiteError
from broker.sealing import CannotOpen, Seal
from broker.sites.tables import site_claims, site_memory
from broker.store import Reader, Store

LONGEST_CLAIM = timedelta(minutes=5)


class SiteMemory:
    """One site's. Reading works while the store cannot be written; everything else raises Unavailable then."""

    def __init__(self, store: Store, seal: Seal, site_id: str) -> None:
        self._store = store
        self._seal = seal
        self._site = site_id
        self._tokens: dict[str, str] = {}

    def read(self, key: str) -> str | None:
        """SiteError when what was remembered cannot be opened."""
        with self._store.read() as reader:
            sealed = reader.execute(select(site_memory.c.sealed).where(self._own(key))).scalar_one_or_none()
        if sealed is None:
            return None
        try:
            return self._seal.open(sealed, self._about(key)).decode()
        except CannotOpen as error:
            raise SiteError(
                "What the broker remembers of this site cannot be opened.",
                effect_unknown=False,
                help="Restore the broker's identity.key, or its database, from the same backup.",
            ) from error

    def write(self, key: str, value: str) -> None:
        sealed = self._seal.close(value.encode(), self._about(key))
        with self._store.write() as tx:
            tx.execute(delete(site_memory).where(self._own(key)))
            row = {"site_id": self._site, "key": key, "sealed": sealed, "written_at": tx.at}
            tx.execute(site_memory.insert().values(row))

    def forget(self, key: str) -> None:
        with self._store.write() as tx:
            tx.execute(delete(site_memory).where(self._own(key)))

    def keys(self) -> list[str]:
        ours = select(site_memory.c.key).where(site_memory.c.site_id == self._site)
        with self._store.read() as reader:
            return list(reader.execute(ours.order_by(site_memory.c.key)).scalars())

    def claim(self, key: str, seconds: float) -> bool:
        """Whether nobody else holds ``key``; ``seconds`` are at most those of LONGEST_CLAIM."""
        token = new_id("claim")
        with self._store.read() as reader:  # whoever waits in a line must not keep the store busy by asking
            if self._is_claimed(reader, key):
                return False
        with self._store.write() as tx:
            if self._is_claimed(tx, key):
                return False
            tx.execute(delete(site_claims).where(self._claimed(key)))
            until = tx.at + min(timedelta(seconds=seconds), LONGEST_CLAIM)
            row = {"site_id": self._site, "key": key, "claimed_by": token, "claimed_until": until}
            tx.execute(site_claims.insert().values(row))
        self._tokens[key] = token
        return True

    def release(self, key: str) -> None:
        """Let others have ``key``. A claim that ran out and is somebody else's now stays theirs."""
        token = self._tokens.pop(key, None)
        if token is not None:
            with self._store.write() as tx:
                tx.execute(delete(site_claims).where(self._claimed(key), site_claims.c.claimed_by == token))

    def _is_claimed(self, reader: Reader, key: str) -> bool:
        until = reader.execute(
            select(site_claims.c.claimed_until).where(self._claimed(key))
        ).scalar_one_or_none()
        # One that ends later than any could was made by a process whose time had jumped ahead.
        return until is not None and reader.at < until <= reader.at + LONGEST_CLAIM

    def _own(self, key: str) -> ColumnElement[bool]:
        return (site_memory.c.site_id == self._site) & (site_memory.c.key == key)

    def _claimed(self, key: str) -> ColumnElement[bool]:
        return (site_claims.c.site_id == self._site) & (site_claims.c.key == key)

    def _about(self, key: str) -> str:
        return f"memory\0{self._site}\0{key}"
