"""The process is killed at every step of granting and revoking, one point at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from broker.access.activate import activate
from broker.access.ask import ask
from broker.access.decide import Verdict, decide
from broker.access.equipment import Equipment
from broker.access.grant import Grant, GrantState, grant_of
from broker.access.hand_back import hand_back
from broker.access.request import request_of
from broker.access.tables import access_requests, grants
from broker.clock import SettableClock
from broker.ledger.tables import ledger_entries
from broker.policy.decision import Path as Way
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic
from tests.faults.fuse import Fuse, FusedSite, FusedStore, Killed


class World:
    """A clinic on a database file, and a process over it that can be killed and started again."""

    def __init__(self, folder: Path, clock: SettableClock) -> None:
        self.url = f"sqlite:///{folder / 'broker.db'}"
        engine = open_engine(self.url)
        metadata.create_all(engine)
        self.clinic = Clinic(Store(engine, clock), clock)
        self.clock = clock
        self.site = self.clinic.site

    def process(self, fuse: Fuse) -> Equipment:
        store = FusedStore(self.url, self.clock, fuse)
        site = FusedSite(self.site, fuse)
        return replace(self.clinic.equipment, store=store, adapter_for=lambda _: site)

    def all_grants(self) -> list[Grant]:
        with self.clinic.store.read() as reader:
            return [grant_of(row) for row in reader.all(select(grants))]


def break_glass_and_hand_back(world: World, equipment: Equipment) -> None:
    clinic = world.clinic
    form = clinic.form(entitlement="wordpress-notes", path=Way.BREAK_GLASS)
    grant = ask(equipment, clinic.clinician.person, form, clinic.clinician.code()).grant
    assert grant is not None
    activate(equipment, grant.id)
    world.clock.advance(minutes=2)
    hand_back(equipment, clinic.clinician.person, grant.id)


def approve_and_expire(world: World, equipment: Equipment) -> None:
    clinic = world.clinic
    form = clinic.form(entitlement="wordpress-notes")
    request = ask(equipment, clinic.clinician.person, form, clinic.clinician.code()).request
    approver = clinic.approver
    grant = decide(equipment, approver.person, request.id, Verdict.APPROVE, "", approver.fresh).grant
    assert grant is not None
    activate(equipment, grant.id)
    world.clock.advance(minutes=16)
    sweep(equipment)


Story = Callable[[World, Equipment], None]
STORIES: tuple[Story, ...] = (break_glass_and_hand_back, approve_and_expire)


def points_of(story: Story, folder: Path, clock: SettableClock) -> int:
    fuse = Fuse()
    world = World(folder, clock)
    story(world, world.process(fuse))
    return fuse.passed


@pytest.mark.parametrize("story", STORIES)
def test_a_kill_at_any_point_leaves_nothing_open_unlogged_or_doubled(
    story: Story, tmp_path: Path, clock: SettableClock
) -> None:
    """Every point before and after each commit, send and receive: after a restart the sweep converges."""
    last = points_of(story, _fresh(tmp_path, 0), SettableClock(clock.wall()))
    assert last >= 14
    for kills_at in range(1, last + 1):
        world = World(_fresh(tmp_path, kills_at), SettableClock(clock.wall()))
        with pytest.raises(Killed):
            story(world, world.process(Fuse(kills_at)))
        _check_before_the_end(world)
        _check_after_the_end(world)


def _check_before_the_end(world: World) -> None:
    """A restart soon after: what was issued becomes usable, or is on its way out."""
    restarted = world.process(Fuse())
    for _ in range(3):
        world.clock.advance(seconds=31)
        sweep(restarted)
    for grant in world.all_grants():
        settled = {GrantState.ACTIVE, GrantState.REVOKED}
        assert grant.state in settled
        assert (grant.id in world.site.leases) == (grant.state is GrantState.ACTIVE)


def _check_after_the_end(world: World) -> None:
    world.clock.advance(minutes=20)
    restarted = world.process(Fuse())
    sweep(restarted)
    told = Counter((entry.event, entry.grant_id) for entry in _entries(world))
    for grant in world.all_grants():
        assert grant.state is GrantState.REVOKED
        assert told["grant.issued", grant.id] == told["grant.revoked", grant.id] == 1
    assert not world.site.leases
    assert {grant.request_id for grant in world.all_grants()} == _approved(world)


def _entries(world: World) -> list[Any]:
    with world.clinic.store.read() as reader:
        return reader.all(select(ledger_entries))


def _approved(world: World) -> set[str]:
    with world.clinic.store.read() as reader:
        requests = [request_of(row) for row in reader.all(select(access_requests))]
    return {request.id for request in requests if request.state == "approved"}


def _fresh(folder: Path, number: int) -> Path:
    place = folder / str(number)
    place.mkdir()
    return place
