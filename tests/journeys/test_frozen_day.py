"""The whole path under the machine's own clock, stopped and turned from outside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time

from broker.access.activate import activate
from broker.access.grant import GrantState, get_grant, grant_is_effective
from broker.clock import SystemClock
from broker.ledger.check_database import check_database
from broker.ledger.signing.keys import generate
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic


class TurnedClock(SystemClock):
    """The product's clock, with the hand a test turns; ``advance`` moves the machine's time."""

    def __init__(self, frozen: object) -> None:
        self.frozen = frozen
        super().__init__()

    def advance(self, **delta: float) -> None:
        self.frozen.tick(timedelta(**delta))  # type: ignore[attr-defined]


def test_a_day_on_the_machines_own_clock(tmp_path: Path) -> None:
    """Ask, approve, use, end, read back: no part of the path looks at any other clock than this one."""
    with freeze_time("2026-10-25 00:30:00", tz_offset=0) as frozen:
        engine = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
        metadata.create_all(engine)
        clock = TurnedClock(frozen)
        clinic = Clinic(Store(engine, clock), clock)  # type: ignore[arg-type]
        request = clinic.ask(entitlement="wordpress-notes", duration=timedelta(minutes=30)).request
        frozen.tick(timedelta(minutes=4))
        issued = clinic.approve(request.id).grant
        assert issued is not None
        grant = activate(clinic.equipment, issued.id)
        # The night in which clocks in Europe go back: the hour from one to two happens once in UTC.
        frozen.tick(timedelta(minutes=29, seconds=59))
        with clinic.store.read() as reader:
            assert grant_is_effective(reader, grant.id, reader.at)
        frozen.tick(timedelta(seconds=1))
        with clinic.store.read() as reader:
            assert not grant_is_effective(reader, grant.id, reader.at)
        sweep(clinic.equipment)
        with clinic.store.read() as reader:
            assert get_grant(reader, grant.id).state is GrantState.REVOKED
        key = generate(tmp_path / "ledger.key", "test/ledger")
        assert check_database(clinic.store, tmp_path / "no-heads", key.public).ok
        engine.dispose()
