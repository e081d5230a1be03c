"""A clinic with a spool, whose database somebody else can hold so that nothing can be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import event

from broker.access.activate import activate
from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant, grant_is_effective
from broker.access.late.folder_spool import FolderSpool
from broker.store import Store
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic

KEY = bytes(range(32))
ROOM = 64 * 1024


@dataclass
class Spooled:
    clinic: Clinic
    folder: Path
    equipment: Equipment = field(init=False)

    def __post_init__(self) -> None:
        self.equipment = self.process()
        self.clinic.equipment = self.equipment
        self.clinic.store.ended = self.equipment.spool.ended

    @property
    def url(self) -> str:
        return self.clinic.store.engine.url.render_as_string(hide_password=False)

    def process(self, store: Store | None = None) -> Equipment:
        """Another process of the same broker: it shares the database and the folder, and nothing in memory."""
        spool = FolderSpool(self.folder, KEY, ROOM)
        if store is None:
            engine = open_engine(self.url)
            if engine.dialect.name == "sqlite":
                # Whoever holds the lock in a test holds it all through: no use in waiting five seconds.
                event.listen(engine, "connect", lambda each, _: each.execute("PRAGMA busy_timeout=20"))
            store = Store(engine, self.clinic.clock, spool.ended)
        return replace(self.clinic.equipment, store=store, spool=spool)

    @contextmanager
    def unwritable(self) -> Iterator[None]:
        engine = open_engine(self.url)
        with engine.execution_options(broker_writes=True).begin():
            yield
        engine.dispose()

    def granted(self, entitlement: str = "wordpress-notes", **changes: object) -> Grant:
        grant = self.clinic.approve(self.clinic.ask(entitlement=entitlement, **changes).request.id).grant
        assert grant is not None
        return activate(self.equipment, grant.id)

    def known(self, grant: Grant, equipment: Equipment | None = None) -> Grant:
        with (equipment or self.equipment).store.read() as reader:
            return get_grant(reader, grant.id)

    def effective(self, grant: Grant, equipment: Equipment | None = None) -> bool:
        with (equipment or self.equipment).store.read() as reader:
            return grant_is_effective(reader, grant.id, reader.at)
