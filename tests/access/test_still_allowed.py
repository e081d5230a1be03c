"""What could not be asked for any more is not granted either, whoever says yes to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.access.ask import Asked
from broker.access.decide import Verdict, decide
from broker.access.extend import extend
from broker.access.grant import Grant, grant_of_request
from broker.access.hand_back import hand_back
from broker.access.request import RequestState, get_request
from broker.access.revoke import revoke
from broker.clock import SettableClock, new_id
from broker.errors import Conflict, Refused
from broker.identity.disable import disable
from broker.identity.people import Role, set_roles
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.past import Past


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    return Past(store, clock)


def _nothing_came_of(clinic: Clinic, asked: Asked) -> bool:
    with clinic.store.read() as reader:
        pending = get_request(reader, asked.request.id).state is RequestState.PENDING
        return pending and grant_of_request(reader, asked.request.id) is None


@pytest.mark.parametrize("entitlement", ["telehealth-recording", "wordpress-notes"])
def test_nobody_who_was_shut_out_is_let_in(clinic: Clinic, entitlement: str) -> None:
    """A request that still waited when its person was disabled grants nothing, on a site least of all."""
    asked = clinic.ask(entitlement=entitlement)
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    with pytest.raises(Conflict):
        clinic.approve(asked.request.id)
    assert _nothing_came_of(clinic, asked)


def test_a_role_lost_while_waiting_is_lost(clinic: Clinic) -> None:
    """Who may no longer ask is no longer granted, and the approver reads why."""
    asked = clinic.ask()
    with clinic.store.write() as tx:
        set_roles(tx, clinic.ledger, clinic.clinician.id, [Role.REVIEWER], actor=clinic.admin.id)
    with pytest.raises(Refused, match="Policy no longer allows this"):
        clinic.approve(asked.request.id)
    assert _nothing_came_of(clinic, asked)


def test_it_can_still_be_denied(clinic: Clinic) -> None:
    """An approver clears the list although nothing could be granted."""
    asked = clinic.ask()
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    fresh = clinic.approver.fresh
    denied = decide(
        clinic.equipment, clinic.approver.person, asked.request.id, Verdict.DENY, "left us", fresh
    )
    assert denied.request.state is RequestState.DENIED


@pytest.mark.parametrize("by_security", [True, False])
def test_no_extension_outlives_what_it_extends(past: Past, *, by_security: bool) -> None:
    """Access that security ended, or its holder, is not brought back through an extension that waited."""
    running = past.ordinary(duration=timedelta(minutes=60))
    waiting = _extension(past, running)
    if by_security:
        revoke(past.equipment, past.admin.person, running.id)
    else:
        hand_back(past.equipment, past.clinician.person, running.id)
    with pytest.raises(Conflict, match="has ended"):
        past.approve(waiting.request.id)
    assert _nothing_came_of(past, waiting)


def test_two_extensions_at_once_reach_no_further_than_policy(past: Past) -> None:
    """However many extensions of one grant wait side by side, none ends after the family's total."""
    running = past.ordinary(duration=timedelta(minutes=60))
    both = [_extension(past, running, minutes=60) for _ in range(2)]
    granted = [past.approve(each.request.id).grant for each in both]
    ends = [grant.expires_at for grant in granted if grant]
    assert len(ends) == 2
    assert max(ends) <= running.issued_at + timedelta(hours=2)


@pytest.mark.parametrize("stricter", ["gone", "shorter", "two approvers", "other patients"])
def test_policy_that_became_stricter_counts(clinic: Clinic, stricter: str) -> None:
    """A request made under yesterday's policy is not granted against today's."""
    asked = clinic.ask(duration=timedelta(minutes=30))
    catalog = clinic.equipment.catalog
    mine = catalog.entitlements[asked.request.entitlement]
    changed = {
        "shorter": replace(mine, durations=replace(mine.durations, maximum=timedelta(minutes=15))),
        "two approvers": replace(mine, approvals=replace(mine.approvals, needed=2)),
        "other patients": replace(mine, compartments=frozenset({"restricted"})),
    }
    others = {name: each for name, each in catalog.entitlements.items() if name != mine.id}
    entitlements = others if stricter == "gone" else {**others, mine.id: changed[stricter]}
    clinic.equipment = replace(clinic.equipment, catalog=replace(catalog, entitlements=entitlements))
    with pytest.raises(Refused):
        clinic.approve(asked.request.id)
    assert _nothing_came_of(clinic, asked)


@pytest.mark.parametrize("how", ["disabled", "role taken"])
def test_an_approver_is_one_at_the_moment_of_the_yes(clinic: Clinic, how: str) -> None:
    """Whoever lost the account or the role after opening the page decides nothing any more."""
    asked = clinic.ask()
    with clinic.store.write() as tx:
        if how == "disabled":
            disable(tx, clinic.ledger, clinic.approver.id, actor=clinic.admin.id)
        else:
            set_roles(tx, clinic.ledger, clinic.approver.id, [Role.CLINICIAN], actor=clinic.admin.id)
    with pytest.raises(Refused):
        clinic.approve(asked.request.id)
    assert _nothing_came_of(clinic, asked)


def _extension(past: Past, running: Grant, minutes: int = 15) -> Asked:
    who = past.clinician
    length = timedelta(minutes=minutes)
    return extend(past.equipment, who.person, running.id, length, new_id("form"), who.code())
