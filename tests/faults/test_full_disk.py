"""A database that cannot grow by one page: nothing is given, and what is due to end ends where it matters."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from broker.access.activate import activate
from broker.access.grant import get_grant, grant_is_effective
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.revocation.sweep import sweep
from broker.store import Store
from tests.fakes.clinic import Clinic


class Disk:
    """Full once ``fill`` was called, until ``free``."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._full = False
        event.listen(self._engine, "connect", self._limit)

    def fill(self) -> None:
        self._full = True
        self._engine.dispose()

    def free(self) -> None:
        self._full = False
        self._engine.dispose()

    def _limit(self, connection: Any, _record: Any) -> None:
        if self._full:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite makes it as many as there are


def test_a_full_disk_grants_nothing_and_ends_access_on_the_site(
    sqlite_store: Store, clock: SettableClock
) -> None:
    """Asked until no page is left, nothing is half done; the site is told at the end, and the rest follows."""
    clinic, disk = Clinic(sqlite_store, clock), Disk(sqlite_store)
    issued = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert issued is not None
    grant = activate(clinic.equipment, issued.id)
    disk.fill()
    with pytest.raises(Unavailable):
        for _ in range(200):
            clinic.break_glass()
    events, given = clinic.events(), _rows(clinic, "grants")
    assert events.count("grant.issued") == given == _rows(clinic, "access_requests")
    with pytest.raises(Unavailable):
        clinic.break_glass()
    assert clinic.events() == events
    clock.advance(hours=1)
    sweep(clinic.equipment)  # whether the end still fits into the last page or not
    assert grant.id not in clinic.site.leases
    with clinic.store.read() as reader:
        assert not grant_is_effective(reader, grant.id, reader.at)
    disk.free()
    sweep(clinic.equipment)
    with clinic.store.read() as reader:
        assert get_grant(reader, grant.id).revoked_at is not None


def _rows(clinic: Clinic, table: str) -> int:
    with clinic.store.read() as reader:
        return int(reader.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
