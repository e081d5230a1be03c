"""What the companion asks of the database for people it has nothing to do with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from broker.adapters.lease import ContainmentAction
from tests.live.broker_side import notes_of
from tests.live.conftest import Apart, Ward, furnish

pytestmark = pytest.mark.live
_COUNTING = """<?php
define( 'SAVEQUERIES', true );
add_action( 'shutdown', static function () {
	$is_page = 'cli' !== PHP_SAPI && ! defined( 'REST_REQUEST' );
	foreach ( $is_page ? $GLOBALS['wpdb']->queries : array() as $query ) {
		if ( false !== strpos( $query[0], 'emergency_access' ) ) {
			echo '<!-- asked ', preg_replace( '/\\s+/', ' ', $query[0] ), ' -->';
		}
	}
}, 0 );
"""


@pytest.fixture
def ward(apart: Apart) -> Iterator[Ward]:
    """On a site that says of each page what the companion asked for it."""
    plugin = apart.site.root / "wp-content/mu-plugins/counting.php"
    plugin.write_text(_COUNTING)
    apart.site.sql("DELETE FROM wp_emergency_access_leases; DELETE FROM wp_emergency_access_orders")
    yield furnish(apart.site)
    plugin.unlink()


def _asked(ward: Ward, session: requests.Session | None = None) -> list[str]:
    answer = (session or requests).get(f"{ward.site.url}/wp-login.php?action=lostpassword", timeout=20)
    return re.findall(r"<!-- asked (.*?) -->", answer.text)


def test_one_question_for_visitors(ward: Ward, apart: Apart) -> None:
    """A visitor's page costs one read, whether nothing is in force or somebody else holds a lease or is frozen."""
    assert len(_asked(ward)) == 1
    apart.broker.give(ward.nurse, notes_of(ward.mine))
    assert len(_asked(ward)) == 1
    apart.broker.contain(ward.nurse, ContainmentAction.FREEZE, version=1)
    assert len(_asked(ward)) == 1
    apart.broker.contain(ward.nurse, ContainmentAction.RELEASE, version=2)


def test_one_question_for_people_who_are_signed_in(ward: Ward) -> None:
    """Who is signed in pays no more where nothing is in force."""
    session = ward.log_in()
    page = session.get(f"{ward.site.url}/wp-admin/profile.php", timeout=20).text
    assert "Profile" in page
    assert len(re.findall(r"<!-- asked (.*?) -->", page)) == 1


def test_the_question_reads_indexes(ward: Ward) -> None:
    """No part of it reads a whole table, however full they are."""
    (asked,) = _asked(ward)
    plan = [line.split("\t") for line in ward.site.sql(f"EXPLAIN {asked}").splitlines()]
    assert plan
    assert not [line for line in plan if "ALL" in line[3:4]]
