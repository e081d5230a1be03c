"""A site whose clock is ten minutes off, either way: nothing is given, everything can be taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from broker.adapters.port import Answer, Outcome
from broker.errors import SiteError
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward
from tests.live.php_server import PhpServer
from tests.live.wait import until_instant
from tests.live.wordpress_site import WordPressSite
from tests.needs import lacks

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
OFF_S = 600


def _shifted(site: WordPressSite, seconds: int) -> Iterator[str]:
    if not shutil.which("faketime"):
        lacks("faketime (Debian package)")
    server = PhpServer(site.root, workers=2, under=("faketime", "-f", f"{seconds:+}s"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def ahead(wordpress: WordPressSite) -> Iterator[str]:
    """The same site and database, where PHP's clock is ten minutes fast."""
    yield from _shifted(wordpress, OFF_S)


@pytest.fixture(scope="module")
def behind(wordpress: WordPressSite) -> Iterator[str]:
    yield from _shifted(wordpress, -OFF_S)


@pytest.fixture(params=["ahead", "behind"])
def off(request: pytest.FixtureRequest) -> tuple[str, int]:
    """The site's address, and by how many seconds its clock is off."""
    url: str = request.getfixturevalue(request.param)
    return url, OFF_S if request.param == "ahead" else -OFF_S


def _reads(url: str, ward: Ward, session: requests.Session) -> bool:
    address = f"{url}/?rest_route=/wp/v2/telehealth_note/{ward.my_note}"
    nonce = session.get(f"{url}/wp-admin/admin-ajax.php?action=rest-nonce", timeout=20).text
    return session.get(address, headers={"X-WP-Nonce": nonce}, timeout=20).status_code == 200


def test_no_new_lease(ward: Ward, broker: BrokerSide, off: tuple[str, int]) -> None:
    """A lease is refused before any effect, and the error says by how much the clocks differ."""
    url, seconds = off
    with pytest.raises(SiteError, match=r"differ by (599|60[0-5]) seconds") as failed:
        broker.reach(url).apply([broker.lease(ward.nurse, notes_of(ward.mine))])
    assert not failed.value.effect_unknown
    assert "time server" in failed.value.help
    for told in (broker.reach(url).health().site_time, broker.reach(url).observe().site_time):
        assert abs((told - broker.clock.now()).total_seconds() - seconds) < 5


def test_taking_back(ward: Ward, broker: BrokerSide, off: tuple[str, int]) -> None:
    """A grant given while the clock was right is taken back although it is wrong now."""
    url, _ = off
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    there = broker.reach(url)
    assert there.revoke([broker.revocation(grant)]) == {grant: DONE}
    assert grant not in there.observe().active
    assert not _reads(url, ward, session)
    assert not ward.reads(session, ward.my_note)
    assert not ward.is_logged_in(session)


def test_a_clock_that_jumps_ahead_ends_early(ward: Ward, broker: BrokerSide, ahead: str) -> None:
    """By the site's own clock the lease is over; set right again, the clock revives nothing."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not _reads(ahead, ward, session)
    assert grant not in broker.active()
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_a_clock_set_back_before_the_beginning(ward: Ward, broker: BrokerSide, behind: str) -> None:
    """By that clock the lease has not begun: no leeway of ten minutes."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert not _reads(behind, ward, session)
    assert grant not in broker.reach(behind).observe().active
    assert ward.reads(session, ward.my_note)
    broker.take_back(grant)


@pytest.mark.parametrize("noticed", [True, False], ids=["expiry noticed", "nobody came by"])
def test_a_clock_set_back_after_the_end(
    ward: Ward, broker: BrokerSide, behind: str, *, noticed: bool
) -> None:
    """What was swept stays dead; where nobody came by in time the broker's revocation ends it."""
    now = broker.clock.now()
    ends = (now + timedelta(seconds=2)).replace(microsecond=0)
    lease = broker.lease(
        ward.nurse, notes_of(ward.mine), begins_at=now - timedelta(minutes=15), expires_at=ends
    )
    assert broker.apply(lease) == DONE
    session = ward.log_in()
    until_instant(ends)
    if noticed:
        assert not ward.reads(session, ward.my_note)
    else:
        assert broker.reach(behind).revoke([broker.revocation(lease.id)]) == {lease.id: DONE}
    assert not _reads(behind, ward, session)
    assert lease.id not in broker.reach(behind).observe().active
