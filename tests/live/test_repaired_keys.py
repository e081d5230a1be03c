"""A site paired again: one key more, another key, a lost key replaced. No gap, and nothing revived."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from broker.adapters.lease import ContainmentAction
from broker.adapters.pairing import pairing_text
from broker.adapters.port import Answer, Outcome
from tests.live.broker_side import ISSUER, SITE, BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> Iterator[BrokerSide]:
    apart.site.sql("DELETE FROM wp_emergency_access_leases")
    yield apart.broker
    apart.site.pair(apart.broker.pairing)


@pytest.fixture
def new(apart: Apart) -> BrokerSide:
    """The same broker with its next key."""
    side = BrokerSide()
    side.mark = apart.broker.mark
    side.connect(apart.site.url)
    return side


def _both(*sides: BrokerSide) -> str:
    return pairing_text(SITE, ISSUER, [side.signer.public_jwk for side in sides])


def test_rotation(ward: Ward, broker: BrokerSide, new: BrokerSide) -> None:
    """Prepared, switched, retired: at no step does a lease stop, and the site says which keys it knows."""
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    assert broker.apply(lease) == DONE
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    ward.site.pair(_both(broker, new))
    assert set(broker.adapter.health().keys) == {broker.signer.kid, new.signer.kid}
    assert ward.reads(session, ward.my_note)
    anew = new.lease(ward.nurse, notes_of(ward.mine), grant=lease.id, version=2)
    assert new.apply(anew) == DONE
    ward.site.pair(new.pairing)
    assert new.adapter.health().keys == (new.signer.kid,)
    assert ward.reads(session, ward.my_note)
    assert new.take_back(lease.id) == DONE
    assert not ward.is_logged_in(session)


def test_lost_key(ward: Ward, broker: BrokerSide, new: BrokerSide) -> None:
    """Paired with a new key alone, old leases open nothing until they are signed anew; nobody is signed out."""
    lease = broker.lease(ward.nurse, notes_of(ward.mine), version=4)
    assert broker.apply(lease) == DONE
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    ward.site.pair(new.pairing)
    assert not ward.reads(session, ward.my_note)
    assert lease.id not in new.active()
    assert new.adapter.health().words == ("rows_of_unknown_key",)
    older = new.lease(ward.nurse, notes_of(ward.mine), grant=lease.id, version=3)
    assert new.apply(older) == Outcome(Answer.REFUSED, "stale_version")
    assert new.apply(new.lease(ward.nurse, notes_of(ward.mine), grant=lease.id, version=4)) == DONE
    assert ward.reads(session, ward.my_note)
    assert new.adapter.health().words == ()
    new.take_back(lease.id)


def test_ends_under_a_lost_key(ward: Ward, broker: BrokerSide, new: BrokerSide) -> None:
    """A lease of the lost key still ends its sessions: one at its time, another at the new key's revocation."""
    ends = (broker.clock.now() + timedelta(seconds=4)).replace(microsecond=0)
    broker.give(ward.nurse, notes_of(ward.mine), expires_at=ends)
    doctor = f"{ward.nurse}-doctor"
    ward.site.create_user(doctor, password=PASSWORD)
    theirs = broker.give(doctor, notes_of(ward.other))
    sessions = ward.log_in(), ward.site.log_in(doctor, PASSWORD)
    ward.site.pair(new.pairing)
    assert all(ward.is_logged_in(session) for session in sessions)
    assert new.take_back(theirs) == DONE
    assert [ward.is_logged_in(session) for session in sessions] == [True, False]
    time.sleep(max(0.0, ends.timestamp() - broker.clock.now().timestamp()))
    assert not ward.is_logged_in(sessions[0])


def test_what_is_over_stays_over(ward: Ward, broker: BrokerSide, new: BrokerSide) -> None:
    """Tombstones and freezes by the lost key hold against the new one."""
    ended = broker.give(ward.nurse, notes_of(ward.mine))
    broker.take_back(ended)
    assert broker.contain(ward.nurse, ContainmentAction.FREEZE, version=10**6) == DONE
    ward.site.pair(new.pairing)
    assert new.adapter.observe().accounts[ward.nurse].frozen
    assert new.contain(ward.nurse, ContainmentAction.RELEASE, version=1) == DONE
    late = new.lease(ward.nurse, notes_of(ward.mine), grant=ended, version=99)
    assert new.apply(late) == Outcome(Answer.REFUSED, "revoked")
    assert not ward.reads(ward.log_in(), ward.my_note)
