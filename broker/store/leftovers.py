"""What was deleted on purpose shall not lie on in files the database keeps beside its tables."""

from __future__ import annotations

from contextlib import suppress

from broker.errors import Unavailable
from broker.store.unit_of_work import Store


def let_go_of_leftovers(store: Store) -> None:
    """Empty SQLite's log of writes, where the last ones can still be read; another time when others read now.

    A PostgreSQL has its own ways (vacuum, its log, its archives), which are its owner's to set.
    """
    if store.engine.dialect.name != "sqlite":
        return
    with suppress(Unavailable), store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
