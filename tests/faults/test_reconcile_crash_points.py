"""The process is killed at every step of a pass over a site, one point at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broker.access.contain import Containment, contain
from broker.access.equipment import Equipment
from broker.adapters.lease import ContainmentAction
from broker.clock import SettableClock
from broker.policy.catalog import Repair
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.site import FakeSite
from tests.faults.fuse import Fuse, FusedSite, FusedStore, Killed
from tests.revocation.watched import Watched


class World:
    """A site that lost, revived, invented and was restored, all at once, and a broker that finds it so."""

    def __init__(self, folder: Path, clock: SettableClock) -> None:
        folder.mkdir()
        self.url = f"sqlite:///{folder / 'broker.db'}"
        engine = open_engine(self.url)
        metadata.create_all(engine)
        self.watched = Watched(Store(engine, clock), clock)
        self.watched.rules(Repair.MISSING, Repair.UNKNOWN, stop_super_admins=True)
        self._spoil(self.watched, self.watched.site)

    def _spoil(self, watched: Watched, site: FakeSite) -> None:
        self.lost, ended = watched.granted(), watched.granted()
        lease = site.leases[ended.id]
        watched.look()
        watched.ended(ended)
        watched.look()
        site.leases |= {ended.id: lease, "grant_invented": replace(lease, grant="grant_invented")}
        del site.leases[self.lost.id]
        site.happen("opened", "dr-on-call", self.lost.id, object="post 1")
        site.happen("user_created", "mallory")
        site.rules.clear()
        site.tombstones.clear()
        site.mark, site.restored = 0, True
        watched.clock.advance(seconds=31)

    def process(self, fuse: Fuse) -> Equipment:
        store = FusedStore(self.url, self.watched.clock, fuse)
        site = FusedSite(self.watched.site, fuse)
        return replace(self.watched.equipment, store=store, adapter_for=lambda _: site)


def test_a_pass_that_is_killed_anywhere_is_made_up_for_by_the_next(
    tmp_path: Path, clock: SettableClock
) -> None:
    """Every point before and after each commit, send and receive: nothing is told twice, nothing is left open."""
    counting = Fuse()
    whole = World(tmp_path / "0", SettableClock(clock.wall()))
    reconcile_site(whole.process(counting), "clinic")
    assert counting.passed >= 20
    for kills_at in range(1, counting.passed + 1):
        world = World(tmp_path / str(kills_at), SettableClock(clock.wall()))
        with pytest.raises(Killed):
            reconcile_site(world.process(Fuse(kills_at)), "clinic")
        _check(world)


def _check(world: World) -> None:
    watched, site = world.watched, world.watched.site
    for _ in range(3):
        watched.clock.advance(seconds=31)
        reconcile_site(world.process(Fuse()), "clinic")
    assert watched.kinds() == []
    assert set(site.leases) == {world.lost.id}
    assert len(site.rules) >= 1
    assert [each.entry.facts["seq"] for each in watched.told("site.event")] == [1]
    assert len(watched.told("site.changed")) == 1
    found = [each.entry.facts["drift"] for each in watched.told("drift.found")]
    over = [each.entry.facts["drift"] for each in watched.told("drift.repaired") + watched.told("drift.gone")]
    assert sorted(found) == sorted(over)
    assert len(set(found)) == len(found)


def test_an_order_that_is_killed_anywhere_is_obeyed(tmp_path: Path, clock: SettableClock) -> None:
    """Once it is written down it is sent until the site has answered; before, nobody was told that it was."""
    for kills_at in range(1, 7):
        world = World(tmp_path / str(kills_at), SettableClock(clock.wall()))
        what = Containment("clinic", "mallory", (ContainmentAction.FREEZE,))
        with pytest.raises(Killed):
            contain(world.process(Fuse(kills_at)), what, actor="broker")
        written = bool(world.watched.told("site.contain_ordered"))
        world.watched.clock.advance(minutes=1)
        sweep(world.process(Fuse()))
        assert ("mallory" in world.watched.site.frozen) == written
        assert len(world.watched.told("site.contained")) == written
