"""What the companion believes: signatures of its own broker, for its own site, once."""

from __future__ import annotations

import json

import pytest
import requests

from broker.adapters.companion.call import HEADER
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.adapters.wordpress.client import SPACE
from broker.adapters.wordpress.companion_files import companion_digest
from broker.clock import new_id
from broker.errors import SiteError
from tests.live.broker_side import SITE, BrokerSide, notes_of
from tests.live.conftest import Ward

pytestmark = pytest.mark.live


def _refused(reason: str) -> Outcome:
    return Outcome(Answer.REFUSED, reason)


@pytest.mark.parametrize(
    "edit",
    [
        "expires_at = expires_at + 86400, lease = concat(lease, 'A')",
        "account = 'ATTACKER'",
        "grant_id = concat(grant_id, 'x')",
        "version = version + 1",
        "lease = replace(lease, 'e', 'f')",
    ],
)
def test_edited_row(ward: Ward, broker: BrokerSide, edit: str) -> None:
    """A row edited in the site's database grants nothing, to nobody, and the broker is told."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    attacker = f"{ward.nurse}-attacker"
    ward.site.create_user(attacker, password="a-password-for-tests")
    ward.site.sql(
        f"UPDATE wp_emergency_access_leases SET {edit.replace('ATTACKER', attacker)} WHERE grant_id = '{grant}'"
    )
    sessions = [ward.log_in(), ward.site.log_in(attacker, "a-password-for-tests")]
    assert not any(ward.reads(session, ward.my_note) for session in sessions)
    assert grant not in broker.active()
    assert any("edited the table" in problem for problem in broker.adapter.health().problems)
    ward.site.sql(f"DELETE FROM wp_emergency_access_leases WHERE grant_id LIKE '{grant}%'")


def test_row_of_an_ended_lease_put_back(ward: Ward, broker: BrokerSide) -> None:
    """Somebody with the database puts a revoked lease's own row back, whole: it opens nothing all the same."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    where = f"FROM wp_emergency_access_leases WHERE grant_id = '{grant}'"
    ward.site.sql(f"CREATE TABLE wp_put_back AS SELECT * {where}")
    broker.take_back(grant)
    ward.site.sql(f"DELETE {where}; INSERT INTO wp_emergency_access_leases SELECT * FROM wp_put_back")
    ward.site.sql("DROP TABLE wp_put_back")
    assert ward.site.sql(f"SELECT revocation, ended_at {where}").strip() == "0"
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert grant not in broker.active()


def test_invented_row(ward: Ward, broker: BrokerSide) -> None:
    """A row signed by somebody else's key grants nothing."""
    stranger = BrokerSide()
    lease = stranger.lease(ward.nurse, notes_of(ward.mine))
    ward.site.sql(
        "INSERT INTO wp_emergency_access_leases VALUES "
        f"('{lease.id}', '{ward.nurse}', 1, '{lease.jws}', '', 9999999999, 0, 9999999999)"
    )
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert lease.id not in broker.active()
    ward.site.sql(f"DELETE FROM wp_emergency_access_leases WHERE grant_id = '{lease.id}'")


def test_lease_refused_by_name(ward: Ward, broker: BrokerSide) -> None:
    """A batch is answered one by one: what is refused says why, what is sound is done."""
    forbidden = [
        broker.lease(ward.nurse, {"primitives": ["read", name]})
        for name in ("manage_options", "edit_users", "edit_plugins", "unfiltered_html", "administrator")
    ]
    others = {
        "wrong_audience": broker.lease(ward.nurse, notes_of(ward.mine), site="shop"),
        "unknown_account": broker.lease("nobody-here", notes_of(ward.mine)),
        "unknown_post_type": broker.lease(ward.nurse, notes_of(ward.mine, post_type="no_such_type")),
        "unknown_key": BrokerSide().lease(ward.nurse, notes_of(ward.mine)),
        "malformed": SignedDocument("grant_x", "not a lease"),
    }
    sound = broker.lease(ward.nurse, notes_of(ward.mine))
    answers = broker.adapter.apply([*forbidden, *others.values(), sound])
    assert [answers[lease.id] for lease in forbidden] == [_refused("forbidden_capability")] * 5
    for reason, lease in others.items():
        assert answers[lease.id] == _refused(reason)
    assert answers[sound.id] == Outcome(Answer.DONE)


def test_logins_are_exact(ward: Ward, broker: BrokerSide) -> None:
    """A login that differs only in case is another account."""
    assert broker.apply(broker.lease(ward.nurse.upper(), notes_of(ward.mine))) == _refused("unknown_account")


def test_replayed_call(ward: Ward, broker: BrokerSide) -> None:
    """A call overheard on the way and sent again is refused."""
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    body = json.dumps({"documents": [lease.jws]}).encode()
    envelope = broker.signer.sign_call(SITE, SPACE + "apply", body, broker.clock.now(), new_id("call"), 0)
    first, second = (_post(ward, "apply", body, envelope) for _ in range(2))
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    assert (second.status_code, second.json()["code"]) == (409, "replayed")


def test_calls_that_are_not_the_brokers(ward: Ward, broker: BrokerSide) -> None:
    """No header, a foreign key, another body or another route: refused at the door, and never cached."""
    body, now = b'{"documents":[]}', broker.clock.now()
    sign = broker.signer.sign_call
    foreign = BrokerSide().signer.sign_call(SITE, SPACE + "observe", body, now, new_id("call"), 0)
    calls = {
        "malformed": "",
        "unknown_key": foreign,
        "wrong_body": sign(SITE, SPACE + "observe", b"{}", now, new_id("call"), 0),
        "wrong_route": sign(SITE, SPACE + "health", body, now, new_id("call"), 0),
        "wrong_audience": sign("shop", SPACE + "observe", body, now, new_id("call"), 0),
    }
    for reason, envelope in calls.items():
        answer = _post(ward, "observe", body, envelope)
        assert (answer.status_code, answer.json()["code"]) == (401, reason)
        assert answer.headers["Cache-Control"] == "no-store"


def test_locked_rest(ward: Ward, broker: BrokerSide) -> None:
    """A plugin that locks REST to people who are logged in does not lock the broker out."""
    ward.site.run_php("update_option('demo_rest_locked', 1);")
    try:
        assert requests.get(f"{ward.site.url}/?rest_route=/wp/v2/types", timeout=20).status_code == 401
        assert broker.give(ward.nurse, notes_of(ward.mine)) in broker.active()
    finally:
        ward.site.run_php("delete_option('demo_rest_locked');")


def test_pretty_addresses_reach_the_same_routes(ward: Ward, broker: BrokerSide) -> None:
    """The signature is over the route, so the /wp-json/ spelling of it works as well."""
    ward.site.run_php("update_option('permalink_structure', '/%postname%/');")
    body = b'{"documents":[]}'
    envelope = broker.signer.sign_call(SITE, SPACE + "observe", body, broker.clock.now(), new_id("call"), 0)
    answer = requests.post(
        f"{ward.site.url}/wp-json{SPACE}observe", data=body, headers={HEADER: envelope}, timeout=20
    )
    ward.site.run_php("update_option('permalink_structure', '');")
    assert answer.status_code == 200


def test_paired_under_another_name(ward: Ward, broker: BrokerSide) -> None:
    """A site paired under another name, or with another broker, says so before it does anything."""
    stranger = BrokerSide()
    try:
        ward.site.pair(stranger.pairing)
        with pytest.raises(SiteError, match="does not know this broker's key") as failed:
            broker.adapter.observe()
        assert not failed.value.effect_unknown
        ward.site.pair("")
        with pytest.raises(SiteError, match="not paired"):
            broker.adapter.observe()
    finally:
        ward.site.pair(broker.pairing)


def test_health(ward: Ward, broker: BrokerSide) -> None:
    """Health names versions, the companion's digest and the site's clock; a changed file is noticed."""
    health = broker.adapter.health()
    assert health.platform_version.startswith("6.")
    assert health.companion_digest == companion_digest()
    assert abs((health.site_time - broker.clock.now()).total_seconds()) < 5
    assert health.problems == ()
    extra = ward.site.root / "wp-content/plugins/emergency-access-broker/src/Extra.php"
    extra.write_text("<?php\n")
    assert any("files differ" in problem for problem in broker.adapter.health().problems)
    extra.unlink()


def test_damaged_table(ward: Ward, broker: BrokerSide) -> None:
    """When the table cannot be used nothing is granted, and the broker is told that it failed."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    ward.site.sql("RENAME TABLE wp_emergency_access_leases TO wp_gone")
    try:
        assert not ward.reads(session, ward.my_note)
        with pytest.raises(SiteError) as failed:
            broker.apply(broker.lease(ward.nurse, notes_of(ward.mine)))
        assert failed.value.effect_unknown
    finally:
        ward.site.sql("RENAME TABLE wp_gone TO wp_emergency_access_leases")
    assert ward.reads(session, ward.my_note)


def _post(ward: Ward, verb: str, body: bytes, envelope: str) -> requests.Response:
    headers = {HEADER: envelope} if envelope else {}
    address = f"{ward.site.url}/?rest_route={SPACE}{verb}"
    return requests.post(address, data=body, headers=headers, timeout=20)
