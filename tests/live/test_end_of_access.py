"""How access ends on a real WordPress, with the broker dead too."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import requests

from broker.adapters.port import Answer, Outcome
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)


def _until(broker: BrokerSide, seconds: float) -> None:
    time.sleep(max(0.0, seconds - broker.clock.now().timestamp()))


def test_expiry_needs_no_broker(ward: Ward, broker: BrokerSide) -> None:
    """At its expiry the lease opens nothing any more and the session is ended, though nobody called."""
    ends = (broker.clock.now() + timedelta(seconds=3)).replace(microsecond=0)
    broker.give(ward.nurse, notes_of(ward.mine), expires_at=ends)
    session = ward.log_in()
    nonce = {"X-WP-Nonce": ward.site.nonce(session)}
    address = f"{ward.site.url}/?rest_route=/wp/v2/telehealth_note/{ward.my_note}"
    assert session.get(address, headers=nonce, timeout=20).status_code == 200
    _until(broker, ends.timestamp())
    assert session.get(address, headers=nonce, timeout=20).status_code in {401, 403}
    assert not ward.is_logged_in(session)


def test_expiry_bites_before_the_sweep(ward: Ward, broker: BrokerSide) -> None:
    """Somebody who pushes the sweep's due time away in the database gains no second."""
    ends = (broker.clock.now() + timedelta(seconds=3)).replace(microsecond=0)
    grant = broker.give(ward.nurse, notes_of(ward.mine), expires_at=ends)
    session = ward.log_in()
    ward.site.sql(f"UPDATE wp_emergency_access_leases SET expires_at = 9999999999 WHERE grant_id = '{grant}'")
    assert ward.reads(session, ward.my_note)
    _until(broker, ends.timestamp())
    assert ward.is_logged_in(session)
    assert not ward.reads(session, ward.my_note)
    assert grant not in broker.active()


def test_revoking(ward: Ward, broker: BrokerSide) -> None:
    """A revocation ends access and sessions at once, and saying it again is done again."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert grant in broker.active()
    assert broker.take_back(grant) == DONE
    assert grant not in broker.active()
    assert not ward.is_logged_in(session)
    again = ward.log_in()
    assert not ward.reads(again, ward.my_note)
    assert broker.take_back(grant) == DONE
    assert ward.is_logged_in(again)


def test_old_lease_after_revocation(ward: Ward, broker: BrokerSide) -> None:
    """The very lease that was revoked, sent again, is refused, and so is a newer one of that grant."""
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    assert broker.apply(lease) == DONE
    broker.take_back(lease.id)
    newer = broker.lease(ward.nurse, notes_of(ward.mine), grant=lease.id, version=7)
    for late in (lease, newer):
        assert broker.apply(late) == Outcome(Answer.REFUSED, "revoked")
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_tombstone_before_the_lease(ward: Ward, broker: BrokerSide) -> None:
    """A revocation that overtakes its lease keeps it out, and harms no session."""
    session = ward.log_in()
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    assert broker.take_back(lease.id) == DONE
    assert broker.apply(lease) == Outcome(Answer.REFUSED, "revoked")
    assert not ward.reads(session, ward.my_note)
    assert ward.is_logged_in(session)


def test_overlapping_grants(ward: Ward, broker: BrokerSide) -> None:
    """Ending one grant leaves the other, and the sessions that use it, alone; the last one ends them all."""
    first = broker.give(ward.nurse, notes_of(ward.mine))
    second = broker.give(ward.nurse, notes_of(ward.other))
    phone, desk = ward.log_in(), ward.log_in()
    assert ward.reads(phone, ward.my_note)
    assert ward.reads(desk, ward.my_note)
    assert ward.reads(desk, ward.other_note)
    broker.take_back(first)
    assert not ward.is_logged_in(phone)
    assert ward.is_logged_in(desk)
    assert not ward.reads(desk, ward.my_note)
    assert ward.reads(desk, ward.other_note)
    broker.take_back(second)
    assert not ward.is_logged_in(desk)


def test_two_grants_for_the_same_patient(ward: Ward, broker: BrokerSide) -> None:
    """Two grants that open the same note live and die each on its own, in the same session."""
    first = broker.give(ward.nurse, notes_of(ward.mine))
    second = broker.give(ward.nurse, notes_of(ward.mine, "read"))
    session = ward.log_in()
    assert ward.edits(session, ward.my_note)
    broker.take_back(first)
    assert ward.reads(session, ward.my_note)
    assert not ward.edits(session, ward.my_note)
    assert broker.active() >= {second}


def test_a_full_batch_in_time(ward: Ward, broker: BrokerSide) -> None:
    """Five hundred leases and their revocations fit into single calls well inside the time-out."""
    leases = [broker.lease(ward.nurse, notes_of(ward.mine)) for _ in range(500)]
    revocations = [broker.revocation(lease.id) for lease in leases]
    started = time.monotonic()
    assert set(broker.adapter.apply(leases).values()) == {DONE}
    assert broker.active() >= {lease.id for lease in leases}
    assert set(broker.adapter.revoke(revocations).values()) == {DONE}
    assert not broker.active() & {lease.id for lease in leases}
    assert time.monotonic() - started < 12
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_companion_switched_off_and_on(ward: Ward, broker: BrokerSide) -> None:
    """Without the companion nothing is left of the access; the broker calls it missing, not revoked."""
    from broker.errors import CompanionMissing

    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session: requests.Session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    ward.site.switch_companion(on=False)
    try:
        assert not ward.reads(session, ward.my_note)
        for call in (broker.adapter.observe, broker.adapter.health, lambda: broker.take_back(grant)):
            with pytest.raises(CompanionMissing):
                call()
    finally:
        ward.site.switch_companion(on=True)
    assert grant in broker.active()
