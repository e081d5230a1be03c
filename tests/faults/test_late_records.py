"""Nothing can be written and access ends all the same: on a full disk, a read-only file, and killed at every step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.access.equipment import Equipment
from broker.access.grant import GrantState
from broker.access.hand_back import hand_back
from broker.access.late.folder_spool import FolderSpool
from broker.access.late.lines import Lines
from broker.access.late.spool import Compose
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.ended_elsewhere import EndedElsewhere
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic
from tests.fakes.small_disk import small_disk
from tests.fakes.spooled import Spooled
from tests.faults.fuse import Fuse, FusedSite, FusedStore, Killed
from tests.needs import lacks

NOBODY = 65534
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FusedSpool:
    """Passes a point before and after everything that changes the folder."""

    def __init__(self, spool: FolderSpool, fuse: Fuse) -> None:
        self._spool, self._fuse = spool, fuse

    def ended(self) -> EndedElsewhere:
        return self._spool.ended()

    def waiting(self) -> Lines:
        return self._spool.waiting()

    def keep(self, compose: Compose) -> bool:
        self._fuse.point()
        kept = self._spool.keep(compose)
        self._fuse.point()
        return kept

    def forget(self, seen: Lines) -> None:
        self._fuse.point()
        self._spool.forget(seen)
        self._fuse.point()


def fused(spooled: Spooled, fuse: Fuse) -> Equipment:
    plain = spooled.process()
    assert isinstance(plain.spool, FolderSpool)
    store = FusedStore(str(spooled.clinic.store.engine.url), spooled.clinic.clock, fuse)
    store.engine.dispose()
    store.engine = plain.store.engine
    store.ended = plain.spool.ended
    site = FusedSite(spooled.clinic.site, fuse)
    return replace(plain, store=store, spool=FusedSpool(plain.spool, fuse), adapter_for=lambda _: site)


def a_world(folder: Path) -> Spooled:
    folder.mkdir(exist_ok=True)
    engine = open_engine(f"sqlite:///{folder / 'broker.db'}")
    metadata.create_all(engine)
    clock = SettableClock(NOON)
    return Spooled(Clinic(Store(engine, clock), clock), folder / "spool")


def run(spooled: Spooled, equipment: Equipment, grant_id: str) -> str:
    """Hand back while nothing can be written, sweep then, sweep when it can: how far it came."""
    came = "nowhere"
    with spooled.unwritable():
        hand_back(equipment, spooled.clinic.clinician.person, grant_id)
        came = "answered"
        sweep(equipment)
    sweep(equipment)
    return came


def test_killed_at_every_step_nothing_answered_is_lost_and_nothing_is_written_twice(tmp_path: Path) -> None:
    """At every commit, send, receive and change of the folder: started again, it converges to one end, told once."""
    counting = Fuse()
    world = a_world(tmp_path / "0")
    run(world, fused(world, counting), world.granted().id)
    assert counting.passed > 15
    for point in range(1, counting.passed + 1):
        world = a_world(tmp_path / str(point))
        grant, fuse = world.granted(), Fuse(kills_at=point)
        with suppress(Killed):
            run(world, fused(world, fuse), grant.id)
        put_aside = grant.id in world.process().spool.ended()
        for _ in range(2):
            sweep(world.process())
            world.clinic.clock.advance(seconds=30)
        events = [each.grant for each in world.clinic.entries("grant.revoking")]
        if put_aside or events:
            assert world.known(grant).state is GrantState.REVOKED, point
            assert not world.clinic.site.opens(grant.id), point
            assert events == [grant.id], point
            told = [each.facts["read_back"] for each in world.clinic.entries("grant.told_late")]
            assert len(told) == len(set(told)), point
        else:
            assert point == 1, "only before anything was put aside may an end be forgotten"
        assert world.process().spool.waiting().records == ()


def test_a_disk_filled_to_the_last_byte(tmp_path: Path) -> None:
    """Database and folder on one real disk that is full: nothing is granted, access ends for all, and it is told late."""
    with small_disk(tmp_path / "disk", 6 * 1024 * 1024) as disk:
        world = a_world(disk)
        grants = [world.granted(), world.granted("telehealth-recording")]
        reading = world.clinic.store.engine.connect()
        reading.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        reading.rollback()
        _fill(disk / "rest")
        with pytest.raises(Unavailable):
            world.clinic.break_glass()
        for grant in grants:
            ended = hand_back(world.equipment, world.clinic.clinician.person, grant.id)
            assert ended.state is GrantState.REVOKED
            assert not world.effective(grant)
            assert not world.effective(grant, world.process())
        assert not world.clinic.site.opens(grants[0].id)
        assert sweep(world.equipment).unrecorded == len(grants) - 2 + _asides(world)
        (disk / "rest").unlink()
        sweep(world.equipment)
        assert {world.known(grant).state for grant in grants} == {GrantState.REVOKED}
        assert [each.facts["late"] for each in world.clinic.entries("grant.revoking")] == [True, True]
        reading.close()
        world.clinic.store.engine.dispose()


def test_a_database_file_that_may_not_be_written(world_of_nobody: Spooled) -> None:
    """chmod: reading goes on, writing does not; the end is put aside in the folder beside it."""
    world, database = world_of_nobody, world_of_nobody.folder.parent / "db"
    grant = world.granted()
    keeps_open = world.clinic.store.engine.connect()
    keeps_open.exec_driver_sql("SELECT count(*) FROM grants").all()
    for path in (*database.iterdir(), database):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with _as_nobody():
        process = world.process()
        with pytest.raises(Unavailable), process.store.write() as tx:
            tx.connection.exec_driver_sql("UPDATE grants SET tries = 1")
        assert hand_back(process, world.clinic.clinician.person, grant.id).state is GrantState.REVOKED
        assert not world.clinic.site.opens(grant.id)
        process.store.engine.dispose()
    for path in (*database.iterdir(), database):
        path.chmod(0o777 if path.is_dir() else 0o666)
    sweep(world.process())
    assert world.known(grant).state is GrantState.REVOKED
    keeps_open.close()


@pytest.fixture
def world_of_nobody() -> Iterator[Spooled]:
    if os.geteuid() != 0:
        lacks("root, to become somebody who may not write")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        for each in ("db", "spool"):
            (home / each).mkdir()
        engine = open_engine(f"sqlite:///{home / 'db' / 'broker.db'}")
        metadata.create_all(engine)
        clock = SettableClock(NOON)
        (home / "spool").chmod(0o777)
        world = Spooled(Clinic(Store(engine, clock), clock), home / "spool")
        (home / "spool" / "ends.jsonl").chmod(0o666)
        yield world
        world.equipment.store.engine.dispose()
        engine.dispose()


@contextmanager
def _as_nobody() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _asides(world: Spooled) -> int:
    return sum(1 for each in world.equipment.spool.ended().values() if not each.read_back)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
