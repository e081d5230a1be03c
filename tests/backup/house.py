"""A broker with something in it, and the key its backups are sealed for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.backup.create import Made, Source, create_backup
from broker.backup.format.age import new_key
from broker.backup.restore import Restored, Wanted, restore_backup
from broker.clock import SettableClock
from broker.keys import open_keys
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.signing.keys import PublicKey
from broker.settings import Settings
from broker.store import Store, metadata
from broker.store.engine import open_engine
from broker.store.schema import newest_schema
from tests.fakes.clinic import POLICIES, Clinic


@dataclass
class House:
    store: Store
    clock: SettableClock
    folder: Path
    clinic: Clinic = field(init=False)
    settings: Settings = field(init=False)
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        # The shared fixture makes its tables from the code; a broker's own database names its schema.
        with self.store.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest_schema()}')")
        self.clinic = Clinic(self.store, self.clock)
        state = self.folder / "var"
        self.settings = Settings(state_dir=state, policies_path=POLICIES)
        keys = open_keys(self.settings, used_before=False)
        (state / "heads").mkdir()
        (state / "recordings").mkdir()
        (state / "recordings" / "sealed").write_bytes(bytes(range(256)) * 700)
        self.keeper = CheckpointKeeper(self.settings.heads_path, keys.ledger)
        self.keeper.keep(self.store)
        self.source = Source(self.settings, self.store, self.clinic.ledger, keys.ledger)
        self.key = new_key()
        self.identity = self.folder / "identity"
        self.identity.write_text(f"# a comment\n{self.key.identity}\n")

    @property
    def public_key(self) -> PublicKey:
        return self.source.key.public

    def granted(self, entitlement: str = "wordpress-notes", **changes: object) -> Grant:
        grant = self.clinic.approve(self.clinic.ask(entitlement=entitlement, **changes).request.id).grant
        assert grant is not None
        return activate(self.clinic.equipment, grant.id)

    def back_up(self, name: str = "broker.age", **about: Any) -> Made:
        about = {"recordings": True, **about}
        return create_backup(self.source, self.folder / name, self.key.recipient, **about)

    def restore(self, into: str = "restored", file: str = "broker.age", **changes: Any) -> Restored:
        usual = {
            "file": self.folder / file,
            "identity": self.identity,
            "into": self.folder / into,
            "key": self.public_key,
        }
        return restore_backup(Wanted(**{**usual, **changes}), now=self.clock.now())


def every_row(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """What every table holds."""
    with engine.connect() as connection:
        return {
            name: [
                tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))
            ]
            for name, table in metadata.tables.items()
        }


def in_folder(folder: Path) -> Engine:
    return open_engine(f"sqlite:///{folder / 'broker.db'}")
