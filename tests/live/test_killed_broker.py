"""SIGKILL while calls are on the wire, and a new start that finds the site as it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread

import pytest
import requests

from broker.access.grant import Grant, GrantState
from broker.identity.people import Role
from tests.live.conftest import Ward
from tests.live.go_between import GoBetween, hold_the_answer, hold_the_call
from tests.live.served_broker import Person, ServedBroker

pytestmark = pytest.mark.live


GIVEN = ["grant.issued", "grant.activating", "grant.active"]
TAKEN = [*GIVEN, "grant.revoking", "grant.revoked"]


def pressed(act: Callable[[], object]) -> Thread:
    """A button whose page never comes, because the broker is killed meanwhile."""

    def press() -> None:
        with suppress(requests.ConnectionError):
            act()

    thread = Thread(target=press)
    thread.start()
    return thread


def rows_on_site(ward: Ward, grant: Grant) -> int:
    counted = f"SELECT COUNT(*) FROM wp_emergency_access_leases WHERE grant_id = '{grant.id}'"
    return int(ward.site.sql(counted))


def test_killed_with_four_calls_on_the_wire(
    served: ServedBroker, known_ward: Ward, between: GoBetween, approver: Person
) -> None:
    """Two pushes and two revocations, one of each done on the site and one not: all four end as they were meant."""
    ward, colleague = known_ward, served.person(Role.APPROVER)
    holders = [served.person(Role.CLINICIAN, account=ward.nurse) for _ in range(4)]
    pages = [
        each.ask(ward.mine if number % 2 else ward.other) for number, each in enumerate(holders, start=1)
    ]
    revoked_there, not_revoked = (approver.approve(page) for page in pages[:2])

    between.order("revoke", hold_the_answer, hold_the_call, for_good=True)
    between.order("apply", hold_the_call, hold_the_answer, for_good=True)
    buttons = [pressed(partial(holders[0].end, revoked_there))]
    between.wait_for_held("revoke")
    buttons.append(pressed(partial(holders[1].end, not_revoked)))
    served.becomes(not_revoked.id, GrantState.REVOKING)
    for count, (approves, page) in enumerate(((approver, pages[2]), (colleague, pages[3])), start=1):
        buttons.append(pressed(partial(approves.approve, page)))
        between.wait_for_held("apply", count)
    served.kill()
    between.heal()
    for button in buttons:
        button.join()
    there = ward.log_in()
    assert not ward.reads(there, ward.my_note)
    assert ward.reads(there, ward.other_note)

    served.start()
    not_pushed, pushed = (served.grant_of(page.rsplit("/", 1)[1]) for page in pages[2:])
    assert not_pushed
    assert pushed
    for grant in (revoked_there, not_revoked):
        served.becomes(grant.id, GrantState.REVOKED)
        assert served.events(grant.id) == TAKEN
    for grant in (not_pushed, pushed):
        served.becomes(grant.id, GrantState.ACTIVE)
        assert served.events(grant.id) == GIVEN
    assert ward.reads(ward.log_in(), ward.my_note)
    assert [rows_on_site(ward, each) for each in (revoked_there, not_revoked, not_pushed, pushed)] == [1] * 4
    served.check_ledger()
    holders[2].end(not_pushed)
    holders[3].end(pushed)
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert not ward.reads(ward.log_in(), ward.other_note)
