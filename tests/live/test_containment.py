"""Accounts closed at once, on a real WordPress: every way in, and what stays open beside them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from broker.adapters.lease import ContainmentAction
from broker.adapters.port import Answer, Outcome
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward
from tests.live.ways_in import api_key, sign_in, whoami, xmlrpc

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
FREEZE, RELEASE = ContainmentAction.FREEZE, ContainmentAction.RELEASE


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> BrokerSide:
    return apart.broker


@pytest.fixture
def nobody_frozen(broker: BrokerSide) -> Iterator[None]:
    yield
    assert broker.contain("*", RELEASE, version=next(broker.versions)) == DONE


def test_frozen_account_gets_in_nowhere(ward: Ward, broker: BrokerSide) -> None:
    """Page, cookie, application password, API key, XML-RPC, lease and new lease: none of them lets in; release does."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session, application = ward.log_in(), ward.site.application_password(ward.nurse)
    assert ward.reads(session, ward.my_note)
    assert broker.contain(ward.nurse, FREEZE, version=next(broker.versions)) == DONE
    assert not ward.is_logged_in(session)
    assert "frozen" in sign_in(ward)
    assert "frozen" in sign_in(ward, login=f"{ward.nurse}@demo.example")
    assert whoami(ward, auth=(ward.nurse, application)).status_code == 401
    assert whoami(ward, headers=api_key(ward)).status_code == 401
    assert not any(xmlrpc(ward, secret) for secret in (PASSWORD, application))
    assert broker.apply(broker.lease(ward.nurse, notes_of(ward.mine))) == Outcome(Answer.REFUSED, "frozen")
    seen = broker.adapter.observe()
    assert grant not in seen.active
    assert seen.accounts[ward.nurse].frozen
    assert not seen.everyone_frozen
    assert broker.adapter.readiness([ward.nurse]) == {ward.nurse: ("frozen",)}
    assert broker.contain(ward.nurse, RELEASE, version=next(broker.versions)) == DONE
    assert ward.reads(ward.log_in(), ward.my_note)
    assert whoami(ward, auth=(ward.nurse, application)).status_code == 200
    assert whoami(ward, headers=api_key(ward)).status_code == 200
    assert all(xmlrpc(ward, secret) for secret in (PASSWORD, application))


def test_cookie_that_outlived_the_freeze(ward: Ward, broker: BrokerSide) -> None:
    """A login that slipped in while the order was carried out is refused too, on pages and in REST."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    nonce = ward.site.nonce(session)
    tokens = f"SELECT umeta_id FROM wp_usermeta m JOIN wp_users u ON u.ID = m.user_id AND user_login = '{ward.nurse}'"
    kept = ward.site.sql(
        f"SELECT meta_value FROM wp_usermeta WHERE meta_key = 'session_tokens' AND umeta_id IN ({tokens})"
    )
    broker.contain(ward.nurse, FREEZE, version=next(broker.versions))
    ward.site.sql(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) "
        f"SELECT ID, 'session_tokens', '{kept.strip()}' FROM wp_users WHERE user_login = '{ward.nurse}'"
    )
    address = f"{ward.site.url}/?rest_route=/wp/v2/telehealth_note/{ward.my_note}"
    assert session.get(address, headers={"X-WP-Nonce": nonce}, timeout=20).status_code in {401, 403}
    assert not ward.is_logged_in(session)
    broker.contain(ward.nurse, RELEASE, version=next(broker.versions))
    assert session.get(address, headers={"X-WP-Nonce": nonce}, timeout=20).status_code == 200


def test_a_thief_learns_nothing(ward: Ward, broker: BrokerSide) -> None:
    """The login page says the same to the right password and to a wrong one, and mails no new password."""
    broker.contain(ward.nurse, FREEZE, version=next(broker.versions))
    right, wrong = sign_in(ward), sign_in(ward, "not-the-password")
    assert "frozen" in right
    assert right.replace(PASSWORD, "") == wrong.replace("not-the-password", "")
    form = {"user_login": ward.nurse}
    lost = f"{ward.site.url}/wp-login.php?action=lostpassword"
    assert "frozen" in requests.post(lost, data=form, allow_redirects=False, timeout=20).text


@pytest.mark.usefixtures("nobody_frozen")
def test_everyone_but_the_spared(ward: Ward, broker: BrokerSide, apart: Apart) -> None:
    """With everyone frozen only the spared work on, in the session they had; the next freeze of everyone counts again."""
    keeper = f"{ward.nurse}-keeper"
    apart.site.create_user(keeper, role="administrator", password=PASSWORD)
    nurse, spared = ward.log_in(), apart.site.log_in(keeper, PASSWORD)
    assert broker.contain("*", FREEZE, version=next(broker.versions), spare=(keeper,)) == DONE
    assert ward.is_logged_in(spared)
    assert not ward.is_logged_in(nurse)
    assert "frozen" in sign_in(ward)
    seen = broker.adapter.observe()
    assert seen.everyone_frozen
    assert seen.accounts["admin"].frozen
    assert not seen.accounts[keeper].frozen
    broker.contain(ward.nurse, RELEASE, version=next(broker.versions))
    assert sign_in(ward) == ""
    broker.contain("*", FREEZE, version=next(broker.versions), spare=(keeper,))
    assert "frozen" in sign_in(ward)
    assert ward.is_logged_in(spared)


@pytest.mark.usefixtures("nobody_frozen")
def test_visitors_read_on(ward: Ward, broker: BrokerSide) -> None:
    """With every account frozen the site itself stays up for whoever needs none."""
    broker.contain("*", FREEZE, version=next(broker.versions))
    assert requests.get(f"{ward.site.url}/", timeout=20).status_code == 200


def test_what_lets_in_is_deleted(ward: Ward, broker: BrokerSide) -> None:
    """Application passwords, shop keys, sessions and leases go; somebody else's stay, and asking again harms nothing new."""
    other = f"{ward.nurse}-other"
    ward.site.create_user(other, password=PASSWORD)
    _make_shop_keys(ward, ward.nurse, other)
    application, theirs = ward.site.application_password(ward.nurse), ward.site.application_password(other)
    grant, session = broker.give(ward.nurse, notes_of(ward.mine)), ward.log_in()
    everything = [action for action in ContainmentAction if action not in {FREEZE, RELEASE}]
    version = next(broker.versions)
    try:
        assert broker.adapter.observe().accounts[ward.nurse].api_keys == 1
        assert broker.contain(ward.nurse, *everything, version=version) == DONE
        assert _key_owners(ward) == [other]
    finally:
        ward.site.sql("DROP TABLE wp_woocommerce_api_keys")
    assert whoami(ward, auth=(ward.nurse, application)).status_code == 401
    assert whoami(ward, auth=(other, theirs)).status_code == 200
    assert not ward.is_logged_in(session)
    assert grant not in broker.active()
    later = broker.lease(ward.nurse, notes_of(ward.mine), grant=grant, version=9)
    assert broker.apply(later).reason in {"ended", "revoked"}
    again, fresh = ward.log_in(), ward.site.application_password(ward.nurse)
    assert broker.contain(ward.nurse, *everything, version=version) == DONE
    assert ward.is_logged_in(again)
    assert whoami(ward, auth=(ward.nurse, fresh)).status_code == 200


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
