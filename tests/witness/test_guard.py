"""A ledger in doubt gives no access, and keeps none open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broker.access.break_glass import break_glass
from broker.access.grant import GrantState, get_grant
from broker.access.hand_back import hand_back
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.revocation.sweep import sweep
from broker.store import Store
from broker.witness.guard import Guard, Mismatch
from tests.fakes.clinic import Clinic


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)


@pytest.fixture
def guard(clinic: Clinic, tmp_path: Path) -> Guard:
    """What the clinic's broker asks before it grants."""
    found = Guard(tmp_path)
    clinic.equipment = replace(clinic.equipment, may_grant=found.check)
    return found


BARRED = Mismatch("seen otherwise", "", "")


def test_nothing_is_granted_on_any_path_while_it_bars(clinic: Clinic, guard: Guard) -> None:
    """Neither by approval nor by breaking the glass; the request stays open and nothing else was changed."""
    asked = clinic.ask()
    guard.bar(BARRED)
    before = clinic.events()
    with pytest.raises(Unavailable, match="Nothing can be granted"):
        clinic.approve(asked.request.id)
    with pytest.raises(Unavailable, match="Nothing can be granted"):
        break_glass(
            clinic.equipment,
            clinic.clinician.person,
            clinic.form(path="break-glass"),
            clinic.clinician.code(),
        )
    assert clinic.events() == before
    guard.lift()
    clinic.approve(asked.request.id)


def test_what_runs_is_handed_back_and_ends_as_ever(
    clinic: Clinic, guard: Guard, clock: SettableClock
) -> None:
    """Ending access never asks the guard."""
    first = clinic.approve(clinic.ask().request.id).grant
    second = clinic.break_glass(entitlement="patient-record").grant
    assert first
    assert second
    guard.bar(BARRED)
    hand_back(clinic.equipment, clinic.clinician.person, first.id)
    clock.advance(hours=5)
    sweep(clinic.equipment)
    with clinic.store.read() as reader:
        states = {get_grant(reader, grant.id).state for grant in (first, second)}
    assert states == {GrantState.REVOKED}
