"""A lease for one login session: whoever uses it first, on whichever machine, and nobody beside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward

pytestmark = pytest.mark.live


def _for_one(patient: str) -> dict[str, Any]:
    return {**notes_of(patient), "session": "first"}


def test_the_first_session_has_it(ward: Ward, broker: BrokerSide) -> None:
    """The phone that opens the note first keeps it; the ward's computer, signed in as the same person, gets nothing."""
    ward_computer, phone = ward.log_in(), ward.log_in()
    grant = broker.give(ward.nurse, _for_one(ward.mine))
    assert not ward.reads(ward_computer, ward.other_note), "what is not lent takes nothing"
    assert ward.reads(phone, ward.my_note)
    assert not ward.reads(ward_computer, ward.my_note)
    assert not ward.edits(ward_computer, ward.my_note)
    assert ward.edits(phone, ward.my_note)
    broker.take_back(grant)
    assert not ward.is_logged_in(phone)


def test_of_many_at_once_one_is_first(ward: Ward, broker: BrokerSide) -> None:
    """Eight browsers of one person open the note in the same moment: it is open to exactly one."""
    browsers = [ward.log_in() for _ in range(8)]
    grant = broker.give(ward.nurse, _for_one(ward.mine))
    with ThreadPoolExecutor(len(browsers)) as pool:
        opened = list(pool.map(lambda browser: ward.reads(browser, ward.my_note), browsers))
    assert opened.count(True) == 1
    assert [ward.reads(browser, ward.my_note) for browser in browsers] == opened
    broker.take_back(grant)


def test_a_second_grant_is_taken_anew(ward: Ward, broker: BrokerSide) -> None:
    """Which session was first with one grant says nothing about the next."""
    first, second = ward.log_in(), ward.log_in()
    one = broker.give(ward.nurse, _for_one(ward.mine))
    assert ward.reads(first, ward.my_note)
    other = broker.give(ward.nurse, _for_one(ward.other))
    assert ward.reads(second, ward.other_note)
    assert not ward.reads(first, ward.other_note)
    for grant in (one, other):
        broker.take_back(grant)
