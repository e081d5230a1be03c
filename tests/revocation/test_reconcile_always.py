"""Whatever a site does, it comes to enforce exactly what is granted, and no live grant is ever taken away."""

from __future__ import annotations

import tempfile
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from broker.access.grant import Grant, GrantState, grant_of
from broker.access.tables import grants
from broker.adapters.lease import LeaseClaims
from broker.clock import SettableClock
from broker.policy.catalog import Repair
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.revocation.watched import Watched

PICK = st.integers(min_value=0, max_value=100)
PASSES = 4


class AnySite(RuleBasedStateMachine):
    """The site loses, revives, invents and changes leases, is restored and is away, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'broker.db'}")
        metadata.create_all(engine)
        clock = SettableClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        self.watched = Watched(Store(engine, clock), clock)
        self.watched.rules(Repair.MISSING, Repair.UNKNOWN)
        self.site = self.watched.site
        self.seen: dict[str, LeaseClaims] = {}
        self.saved: list[dict[str, object]] = []

    def teardown(self) -> None:
        self.watched.store.engine.dispose()
        self.folder.cleanup()

    def grants(self) -> list[Grant]:
        with self.watched.store.read() as reader:
            return [grant_of(row) for row in reader.all(select(grants).order_by(grants.c.issued_at))]

    def live(self) -> set[str]:
        now = self.watched.clock.now()
        return {grant.id for grant in self.grants() if grant.is_effective(now)}

    @rule()
    def grants_something(self) -> None:
        self.watched.granted()
        self.seen |= self.site.leases

    @precondition(lambda self: self.grants())
    @rule(pick=PICK)
    def ends_something(self, pick: int) -> None:
        found = self.grants()
        self.watched.ended(found[pick % len(found)])

    @precondition(lambda self: self.site.leases)
    @rule(pick=PICK)
    def the_site_loses_a_lease(self, pick: int) -> None:
        held = sorted(self.site.leases)
        del self.site.leases[held[pick % len(held)]]

    @precondition(lambda self: self.seen)
    @rule(pick=PICK)
    def the_site_revives_a_lease(self, pick: int) -> None:
        grant = sorted(self.seen)[pick % len(self.seen)]
        self.site.leases[grant] = self.seen[grant]

    @precondition(lambda self: self.seen)
    @rule(pick=PICK)
    def the_site_invents_a_lease(self, pick: int) -> None:
        template = sorted(self.seen.items())[pick % len(self.seen)][1]
        self.site.leases[f"grant_{pick}"] = replace(template, grant=f"grant_{pick}")

    @rule()
    def somebody_makes_a_backup(self) -> None:
        names = ("leases", "tombstones", "frozen", "orders", "happened")
        self.saved.append({name: copy(getattr(self.site, name)) for name in names} | {"mark": self.site.mark})

    @precondition(lambda self: self.saved)
    @rule(pick=PICK, noticed=st.booleans())
    def the_site_is_restored(self, pick: int, noticed: bool) -> None:
        saved = self.saved[pick % len(self.saved)]
        vars(self.site).update({name: copy(value) for name, value in saved.items()})
        self.site.restored = noticed

    @rule()
    def something_happens_there(self) -> None:
        self.site.happen("listed", "dr-on-call")

    @rule(fault=st.sampled_from(["", "", "down", "timeout", "gone", "stuck"]))
    def the_site_changes(self, fault: str) -> None:
        self.site.fault = fault

    @rule()
    def it_is_looked_at(self) -> None:
        self.watched.look()

    @rule()
    def the_sweep_runs(self) -> None:
        sweep(self.watched.equipment)

    @invariant()
    def no_live_grant_was_taken_away(self) -> None:
        assert not self.live() & set(self.site.tombstones)

    @rule()
    def in_the_end_it_enforces_what_is_granted(self) -> None:
        self.site.fault = ""
        self.watched.clock.advance(minutes=3)
        for _ in range(PASSES):
            sweep(self.watched.equipment)
            self.watched.look()
        about_to_end = {grant.id for grant in self.grants() if grant.state is GrantState.REVOKING}
        assert {grant for grant in self.site.leases if self.site.opens(grant)} == self.live()
        assert not about_to_end
        assert set(self.watched.kinds()) <= {"events_broken"}


TestAnySite = AnySite.TestCase
TestAnySite.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
