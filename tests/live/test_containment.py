"""Accounts closed at once, on a real WordPress: every way in, every retry, every older order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest
import requests

from broker.adapters.companion.call import HEADER
from broker.adapters.lease import ContainmentAction, ContainmentClaims
from broker.adapters.port import Answer, Outcome
from broker.adapters.wordpress.client import SPACE
from broker.clock import new_id
from tests.live.broker_side import ISSUER, SITE, BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
STALE = Outcome(Answer.REFUSED, "stale_version")
FREEZE, RELEASE = ContainmentAction.FREEZE, ContainmentAction.RELEASE
_VERSIONS = count(1)
_ASK_XMLRPC = """<?xml version="1.0"?><methodCall><methodName>wp.getUsersBlogs</methodName><params>
<param><value><string>{login}</string></value></param><param><value><string>{password}</string></value></param>
</params></methodCall>"""


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> BrokerSide:
    return apart.broker


@pytest.fixture
def nobody_frozen(broker: BrokerSide) -> Iterator[None]:
    yield
    assert broker.contain("*", RELEASE, version=next(_VERSIONS)) == DONE


def _sign_in(ward: Ward, password: str = PASSWORD, login: str = "") -> str:
    """What the login page answers; '' when it let the nurse in."""
    form = {"log": login or ward.nurse, "pwd": password, "wp-submit": "Log In"}
    answer = requests.post(f"{ward.site.url}/wp-login.php", data=form, allow_redirects=False, timeout=20)
    return "" if answer.status_code == 302 else answer.text


def _whoami(ward: Ward, **how: object) -> requests.Response:
    return requests.get(f"{ward.site.url}/?rest_route=/wp/v2/users/me", timeout=20, **how)  # type: ignore[arg-type]


def _xmlrpc(ward: Ward, password: str) -> bool:
    """Whether XML-RPC takes the password."""
    body = _ASK_XMLRPC.format(login=ward.nurse, password=password)
    return "<fault>" not in requests.post(f"{ward.site.url}/xmlrpc.php", data=body, timeout=20).text


def test_frozen_account_gets_in_nowhere(ward: Ward, broker: BrokerSide) -> None:
    """Page, cookie, application password, API key, XML-RPC, lease and new lease: none of them lets in; release does."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session, application = ward.log_in(), ward.site.application_password(ward.nurse)
    assert ward.reads(session, ward.my_note)
    assert broker.contain(ward.nurse, FREEZE, version=next(_VERSIONS)) == DONE
    assert not ward.is_logged_in(session)
    assert "frozen" in _sign_in(ward)
    assert "frozen" in _sign_in(ward, login=f"{ward.nurse}@demo.example")
    assert _whoami(ward, auth=(ward.nurse, application)).status_code == 401
    assert _whoami(ward, headers=_api_key(ward)).status_code == 401
    assert not any(_xmlrpc(ward, secret) for secret in (PASSWORD, application))
    assert broker.apply(broker.lease(ward.nurse, notes_of(ward.mine))) == Outcome(Answer.REFUSED, "frozen")
    seen = broker.adapter.observe()
    assert grant not in seen.active
    assert seen.accounts[ward.nurse].frozen
    assert not seen.everyone_frozen
    assert broker.adapter.readiness([ward.nurse]) == {ward.nurse: ("frozen",)}
    assert broker.contain(ward.nurse, RELEASE, version=next(_VERSIONS)) == DONE
    assert ward.reads(ward.log_in(), ward.my_note)
    assert _whoami(ward, auth=(ward.nurse, application)).status_code == 200
    assert _whoami(ward, headers=_api_key(ward)).status_code == 200
    assert all(_xmlrpc(ward, secret) for secret in (PASSWORD, application))


def test_cookie_that_outlived_the_freeze(ward: Ward, broker: BrokerSide) -> None:
    """A login that slipped in while the order was carried out is refused too, on pages and in REST."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    nonce = ward.site.nonce(session)
    tokens = f"SELECT umeta_id FROM wp_usermeta m JOIN wp_users u ON u.ID = m.user_id AND user_login = '{ward.nurse}'"
    kept = ward.site.sql(
        f"SELECT meta_value FROM wp_usermeta WHERE meta_key = 'session_tokens' AND umeta_id IN ({tokens})"
    )
    broker.contain(ward.nurse, FREEZE, version=next(_VERSIONS))
    ward.site.sql(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) "
        f"SELECT ID, 'session_tokens', '{kept.strip()}' FROM wp_users WHERE user_login = '{ward.nurse}'"
    )
    address = f"{ward.site.url}/?rest_route=/wp/v2/telehealth_note/{ward.my_note}"
    assert session.get(address, headers={"X-WP-Nonce": nonce}, timeout=20).status_code in {401, 403}
    assert not ward.is_logged_in(session)
    broker.contain(ward.nurse, RELEASE, version=next(_VERSIONS))
    assert session.get(address, headers={"X-WP-Nonce": nonce}, timeout=20).status_code == 200


def test_a_thief_learns_nothing(ward: Ward, broker: BrokerSide) -> None:
    """The login page says the same to the right password and to a wrong one, and mails no new password."""
    broker.contain(ward.nurse, FREEZE, version=next(_VERSIONS))
    right, wrong = _sign_in(ward), _sign_in(ward, "not-the-password")
    assert "frozen" in right
    assert right.replace(PASSWORD, "") == wrong.replace("not-the-password", "")
    form = {"user_login": ward.nurse}
    lost = f"{ward.site.url}/wp-login.php?action=lostpassword"
    assert "frozen" in requests.post(lost, data=form, allow_redirects=False, timeout=20).text


def test_older_orders_undo_nothing(ward: Ward, broker: BrokerSide) -> None:
    """A release that was held up on the way, or overheard and sent again, does not undo the freeze after it."""
    early, freeze = next(_VERSIONS), next(_VERSIONS)
    claims = ContainmentClaims(
        SITE, f"order_{early}", ward.nurse, (), (RELEASE,), early, broker.clock.now(), ISSUER
    )
    body = json.dumps({"documents": [broker.signer.sign_containment(claims)]}).encode()
    sign, now = broker.signer.sign_call, broker.clock.now()
    assert _post(ward, body, sign(SITE, SPACE + "contain", body, now, new_id("call"), 0)) == "done"
    assert broker.contain(ward.nurse, FREEZE, version=freeze) == DONE
    assert broker.contain(ward.nurse, RELEASE, version=early) == STALE
    assert _post(ward, body, sign(SITE, SPACE + "contain", body, now, new_id("call"), 0)) == "stale_version"
    assert "frozen" in _sign_in(ward)


@pytest.mark.usefixtures("nobody_frozen")
def test_everyone_but_the_spared(ward: Ward, broker: BrokerSide, apart: Apart) -> None:
    """With everyone frozen only the spared work on, in the session they had; the next freeze of everyone counts again."""
    keeper = f"{ward.nurse}-keeper"
    apart.site.create_user(keeper, role="administrator", password=PASSWORD)
    nurse, spared = ward.log_in(), apart.site.log_in(keeper, PASSWORD)
    assert broker.contain("*", FREEZE, version=next(_VERSIONS), spare=(keeper,)) == DONE
    assert ward.is_logged_in(spared)
    assert not ward.is_logged_in(nurse)
    assert "frozen" in _sign_in(ward)
    seen = broker.adapter.observe()
    assert seen.everyone_frozen
    assert seen.accounts["admin"].frozen
    assert not seen.accounts[keeper].frozen
    broker.contain(ward.nurse, RELEASE, version=next(_VERSIONS))
    assert _sign_in(ward) == ""
    broker.contain("*", FREEZE, version=next(_VERSIONS), spare=(keeper,))
    assert "frozen" in _sign_in(ward)
    assert ward.is_logged_in(spared)


@pytest.mark.usefixtures("nobody_frozen")
def test_visitors_read_on(ward: Ward, broker: BrokerSide) -> None:
    """With every account frozen the site itself stays up for whoever needs none."""
    broker.contain("*", FREEZE, version=next(_VERSIONS))
    assert requests.get(f"{ward.site.url}/", timeout=20).status_code == 200


def test_what_lets_in_is_deleted(ward: Ward, broker: BrokerSide) -> None:
    """Application passwords, shop keys, sessions and leases go; somebody else's stay, and asking again harms nothing new."""
    other = f"{ward.nurse}-other"
    ward.site.create_user(other, password=PASSWORD)
    _make_shop_keys(ward, ward.nurse, other)
    application, theirs = ward.site.application_password(ward.nurse), ward.site.application_password(other)
    grant, session = broker.give(ward.nurse, notes_of(ward.mine)), ward.log_in()
    everything = [action for action in ContainmentAction if action not in {FREEZE, RELEASE}]
    version = next(_VERSIONS)
    try:
        assert broker.adapter.observe().accounts[ward.nurse].api_keys == 1
        assert broker.contain(ward.nurse, *everything, version=version) == DONE
        assert _key_owners(ward) == [other]
    finally:
        ward.site.sql("DROP TABLE wp_woocommerce_api_keys")
    assert _whoami(ward, auth=(ward.nurse, application)).status_code == 401
    assert _whoami(ward, auth=(other, theirs)).status_code == 200
    assert not ward.is_logged_in(session)
    assert grant not in broker.active()
    assert broker.apply(broker.lease(ward.nurse, notes_of(ward.mine), grant=grant, version=9)) == Outcome(
        Answer.REFUSED, "ended"
    )
    again, fresh = ward.log_in(), ward.site.application_password(ward.nurse)
    assert broker.contain(ward.nurse, *everything, version=version) == DONE
    assert ward.is_logged_in(again)
    assert _whoami(ward, auth=(ward.nurse, fresh)).status_code == 200


def test_unpaired_site_keeps_its_frozen_out(ward: Ward, broker: BrokerSide) -> None:
    """Taking the pairing out, or putting another broker's in, lets nobody in again."""
    broker.contain(ward.nurse, FREEZE, version=next(_VERSIONS))
    try:
        for pairing in ("", BrokerSide().pairing):
            ward.site.pair(pairing)
            assert "frozen" in _sign_in(ward)
    finally:
        ward.site.pair(broker.pairing)


def test_unknown_account(ward: Ward, broker: BrokerSide) -> None:
    """An order about an account the site does not have is refused, also where only the case differs."""
    for login in ("nobody-here", ward.nurse.upper()):
        refused = broker.contain(login, FREEZE, version=next(_VERSIONS))
        assert refused == Outcome(Answer.REFUSED, "unknown_account")
    assert _sign_in(ward) == ""


def test_strangers_order(ward: Ward, broker: BrokerSide) -> None:
    """An order by a key the site does not know is refused at the document, though the call was the broker's own."""
    claims = ContainmentClaims(SITE, "order_x", ward.nurse, (), (FREEZE,), 10**6, broker.clock.now(), ISSUER)
    body = json.dumps({"documents": [BrokerSide().signer.sign_containment(claims)]}).encode()
    sign = broker.signer.sign_call
    envelope = sign(SITE, SPACE + "contain", body, broker.clock.now(), new_id("call"), 0)
    assert _post(ward, body, envelope) == "unknown_key"
    assert _sign_in(ward) == ""


def _post(ward: Ward, body: bytes, envelope: str) -> str:
    address = f"{ward.site.url}/?rest_route={SPACE}contain"
    answer = requests.post(address, data=body, headers={HEADER: envelope}, timeout=20).json()["answers"][0]
    return str(answer["reason"] or answer["answer"])


def _api_key(ward: Ward) -> dict[str, str]:
    ward.site.run_php(
        f"update_option('demo_api_key', 'k-{ward.nurse}');"
        f"update_option('demo_api_key_user', get_user_by('login', '{ward.nurse}')->ID);"
    )
    return {"X-Demo-Api-Key": f"k-{ward.nurse}"}


def _make_shop_keys(ward: Ward, *logins: str) -> None:
    ward.site.sql(
        "CREATE TABLE wp_woocommerce_api_keys (key_id int PRIMARY KEY AUTO_INCREMENT, user_id bigint)"
    )
    for login in logins:
        ward.site.sql(
            f"INSERT INTO wp_woocommerce_api_keys (user_id) SELECT ID FROM wp_users WHERE user_login = '{login}'"
        )


def _key_owners(ward: Ward) -> list[str]:
    owners = "SELECT user_login FROM wp_woocommerce_api_keys k JOIN wp_users u ON u.ID = k.user_id"
    return ward.site.sql(owners).split()
