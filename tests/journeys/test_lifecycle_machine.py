"""Anything a person, the clock, the site or the sweep can do, in any order."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from broker.access.activate import activate
from broker.access.decide import Verdict, decide
from broker.access.extend import extend
from broker.access.grant import Grant, GrantState, grant_of
from broker.access.hand_back import hand_back
from broker.access.request import AccessRequest, RequestState, request_of
from broker.access.revoke import revoke
from broker.access.tables import access_requests, grants
from broker.access.withdraw import withdraw
from broker.clock import SettableClock, new_id
from broker.errors import BrokerError
from broker.ledger.tables import ledger_entries
from broker.policy.decision import Path as Way
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic

ENTITLEMENTS = st.sampled_from(["telehealth-recording", "patient-record", "wordpress-notes"])
MINUTES = st.sampled_from([15, 30, 60])
PICK = st.integers(min_value=0, max_value=1_000)


class Lifecycles(RuleBasedStateMachine):
    """Verbs may refuse; what they must never do stands in the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'broker.db'}")
        metadata.create_all(engine)
        self.clock = SettableClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        self.clinic = Clinic(Store(engine, self.clock), self.clock)
        self.latest = self.clock.now()

    def teardown(self) -> None:
        self.clinic.store.engine.dispose()
        self.folder.cleanup()

    def requests(self) -> list[AccessRequest]:
        with self.clinic.store.read() as reader:
            rows = reader.all(select(access_requests).order_by(access_requests.c.asked_at))
        return [request_of(row) for row in rows]

    def grants(self) -> list[Grant]:
        with self.clinic.store.read() as reader:
            return [
                grant_of(row) for row in reader.all(select(grants).order_by(grants.c.issued_at, grants.c.id))
            ]

    def any_grant(self, pick: int) -> Grant:
        found = self.grants()
        return found[pick % len(found)]

    def any_request(self, pick: int) -> AccessRequest:
        found = self.requests()
        return found[pick % len(found)]

    @rule(entitlement=ENTITLEMENTS, minutes=MINUTES, way=st.sampled_from([Way.ORDINARY, Way.BREAK_GLASS]))
    def asks(self, entitlement: str, minutes: int, way: Way) -> None:
        with contextlib.suppress(BrokerError):
            self.clinic.ask(entitlement=entitlement, duration=timedelta(minutes=minutes), path=way)

    @precondition(lambda self: self.requests())
    @rule(pick=PICK, verdict=st.sampled_from(list(Verdict)))
    def decides(self, pick: int, verdict: Verdict) -> None:
        approver = self.clinic.approver
        with contextlib.suppress(BrokerError):
            decide(
                self.clinic.equipment,
                approver.person,
                self.any_request(pick).id,
                verdict,
                "no",
                approver.fresh,
            )

    @precondition(lambda self: self.requests())
    @rule(pick=PICK)
    def withdraws(self, pick: int) -> None:
        with contextlib.suppress(BrokerError):
            withdraw(self.clinic.equipment, self.clinic.clinician.person, self.any_request(pick).id)

    @precondition(lambda self: self.grants())
    @rule(pick=PICK)
    def activates(self, pick: int) -> None:
        activate(self.clinic.equipment, self.any_grant(pick).id)

    @precondition(lambda self: self.grants())
    @rule(pick=PICK)
    def hands_back(self, pick: int) -> None:
        ended = hand_back(self.clinic.equipment, self.clinic.clinician.person, self.any_grant(pick).id)
        assert not ended.is_effective(self.clock.now())

    @precondition(lambda self: self.grants())
    @rule(pick=PICK)
    def security_ends(self, pick: int) -> None:
        ended = revoke(self.clinic.equipment, self.clinic.reviewer.person, self.any_grant(pick).id)
        assert not ended.is_effective(self.clock.now())

    @precondition(lambda self: self.grants())
    @rule(pick=PICK, minutes=MINUTES)
    def extends(self, pick: int, minutes: int) -> None:
        clinician = self.clinic.clinician
        grant = self.any_grant(pick)
        with contextlib.suppress(BrokerError):
            more, code = timedelta(minutes=minutes), clinician.code()
            extend(self.clinic.equipment, clinician.person, grant.id, more, new_id("form"), code)

    @rule(seconds=st.sampled_from([1, 30, 299, 600, 901, 3_600, 90_000, -30, -3_600, -31_536_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule(fault=st.sampled_from(["", "", "down", "timeout", "gone", "refuse", "stuck"]))
    def the_site_changes(self, fault: str) -> None:
        self.clinic.site.fault = fault

    @rule()
    def the_sweep_runs(self) -> None:
        sweep(self.clinic.equipment)

    @invariant()
    def nothing_is_effective_past_its_end_or_out_of_its_state(self) -> None:
        now = self.clock.now()
        for grant in self.grants():
            if grant.is_effective(now):
                assert now < grant.expires_at
                assert grant.state is GrantState.ACTIVE
                assert grant.expires_at - grant.family_began_at <= timedelta(hours=2)

    @invariant()
    def the_broker_never_goes_back_in_time(self) -> None:
        assert self.clock.now() >= self.latest
        self.latest = self.clock.now()

    @invariant()
    def each_grant_came_of_one_approved_request(self) -> None:
        approved = {request.id for request in self.requests() if request.state is RequestState.APPROVED}
        granted = [grant.request_id for grant in self.grants()]
        assert sorted(granted) == sorted(set(granted))
        assert set(granted) == approved

    @invariant()
    def the_ledger_tells_the_same_story_as_the_rows(self) -> None:
        with self.clinic.store.read() as reader:
            told = reader.all(
                select(ledger_entries.c.event, ledger_entries.c.grant_id).order_by(ledger_entries.c.seq)
            )
        count = Counter((entry.event, entry.grant_id) for entry in told)
        for grant in self.grants():
            assert count["grant.issued", grant.id] == 1
            assert count["grant.active", grant.id] == (grant.active_at is not None)
            assert count["grant.revoked", grant.id] == (grant.state is GrantState.REVOKED)

    @invariant()
    def what_a_site_holds_the_broker_knows_of(self) -> None:
        pushed = {GrantState.ACTIVATING, GrantState.ACTIVE, GrantState.REVOKING}
        known = {grant.id for grant in self.grants() if grant.state in pushed}
        assert set(self.clinic.site.leases) <= known

    @rule()
    def in_the_end_everything_is_taken_back(self) -> None:
        self.clinic.site.fault = ""
        self.clock.advance(days=400)
        sweep(self.clinic.equipment)
        assert all(grant.state is GrantState.REVOKED for grant in self.grants())
        assert not self.clinic.site.leases
        assert not any(request.is_pending for request in self.requests())


TestLifecycles = Lifecycles.TestCase
TestLifecycles.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
