"""Who inherits a lease for orders, and whose orders they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
import requests

from tests.live.shop.conftest import PASSWORD, Counter
from tests.live.shop.site import Shop

pytestmark = pytest.mark.live
ORDERS = "/wc/v3/orders"


def _signed(shop: Shop, route: str, key: str, secret: str) -> dict[str, str]:
    """OAuth 1.0a as WooCommerce wants it without TLS: key and signature as parameters."""
    url = f"{shop.url}/wp-json{route}"
    said = {
        "oauth_consumer_key": key,
        "oauth_nonce": secrets.token_hex(8),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
    }
    query = "&".join(f"{name}={value}" for name, value in sorted(said.items()))
    base = f"GET&{quote(url, safe='')}&{quote(query, safe='')}"
    signature = hmac.digest(f"{secret}&".encode(), base.encode(), hashlib.sha256)
    return {**said, "oauth_signature": base64.b64encode(signature).decode()}


def _by_key(shop: Shop, route: str, pair: tuple[str, str], session: requests.Session | None = None) -> int:
    asked = session or requests.Session()
    answer = asked.get(f"{shop.url}/wp-json{route}", params=_signed(shop, route, *pair), timeout=30)
    return answer.status_code


def test_consumer_key_inherits_nothing(counter: Counter) -> None:
    """A WooCommerce key of the holder's account opens nothing, with or without the holder's cookies beside it."""
    pair = counter.shop.consumer_key(counter.nurse)
    counter.shop.create_user("keeper", role="shop_manager", password=PASSWORD)
    assert _by_key(counter.shop, ORDERS, counter.shop.consumer_key("keeper")) == 200
    counter.give("notes")
    session = counter.log_in()
    for cookies in (None, session):
        for route in (
            ORDERS,
            f"{ORDERS}/{counter.stock.mine.order}",
            f"{ORDERS}/{counter.stock.mine.order}/notes",
        ):
            assert _by_key(counter.shop, route, pair, cookies) in {401, 403}, route
    assert counter.shop.rest(session, "GET", ORDERS).status_code == 200


def test_application_password_inherits_nothing(counter: Counter) -> None:
    """Nor does an application password, even while the holder is logged in."""
    secret = counter.shop.application_password(counter.nurse)
    counter.give()
    session = counter.log_in()
    for asked in (requests.Session(), session):
        answer = asked.get(
            f"{counter.shop.url}/?rest_route={ORDERS}", auth=(counter.nurse, secret), timeout=30
        )
        assert answer.status_code in {401, 403}


def test_cookies_alone_open_nothing(counter: Counter) -> None:
    """A call another site made the browser send has no nonce, and gets nothing; not even where
    a plugin switched WordPress's own check of it off."""
    counter.give()
    session = counter.log_in()
    address = f"{counter.shop.url}/?rest_route={ORDERS}"
    assert session.get(address, timeout=30).status_code == 401
    careless = counter.shop.root / "wp-content/mu-plugins/careless.php"
    careless.write_text("<?php add_filter('rest_authentication_errors', '__return_true', 1);")
    try:
        assert session.get(address, timeout=30).status_code == 403
        assert session.get(address, headers={"X-WP-Nonce": "0123456789"}, timeout=30).status_code == 403
        assert counter.shop.rest(session, "GET", ORDERS).status_code == 200
    finally:
        careless.unlink()


def test_patient_nobody_has(counter: Counter) -> None:
    """A patient whom no account names has no orders; a guest's are nobody's."""
    counter.broker.give(counter.nurse, counter.orders_of(patient="P-unknown"))
    session = counter.log_in()
    assert counter.shop.rest(session, "GET", ORDERS).json() == []
    for order in (counter.stock.mine, counter.stock.guest):
        assert counter.shop.rest(session, "GET", f"{ORDERS}/{order.order}").status_code == 403


@pytest.mark.parametrize("reference", ["p-a", "P-A ", "P-Á", "P-%", "P-A' OR '1'='1"])
def test_a_patient_is_exact(counter: Counter, reference: str) -> None:
    """What the database would call equal is another patient."""
    counter.broker.give(counter.nurse, counter.orders_of(patient=reference))
    session = counter.log_in()
    assert counter.listed(session) == []
    mine = f"{ORDERS}/{counter.stock.mine.order}"
    assert counter.shop.rest(session, "GET", mine).status_code == 403


def test_a_patient_is_one_account(counter: Counter) -> None:
    """Where two accounts name the patient, or one account two patients, nothing opens."""
    shop, login = counter.shop, f"{counter.nurse}-patient"
    shop.create_user(login, role="customer", password=PASSWORD)
    placed = shop.place_order(login, f"x{login}")
    shop.mark(login, login)
    counter.broker.give(counter.nurse, counter.orders_of(patient=login))
    session = counter.log_in()
    assert counter.listed(session) == [placed.order]
    shop.mark(counter.nurse, login)
    assert counter.listed(session) == []
    # The database would call it equal; it is another patient, so nothing is ambiguous.
    shop.mark(counter.nurse, login.upper())
    assert counter.listed(session) == [placed.order]
    shop.mark(counter.nurse)
    assert counter.listed(session) == [placed.order]
    shop.mark(login, login, "P-Z")
    assert counter.listed(session) == []
    assert shop.rest(session, "GET", f"{ORDERS}/{placed.order}").status_code == 403


def test_patient_by_number(counter: Counter) -> None:
    """Where the patient is the customer's number, that customer's orders open."""
    customer = str(counter.stock.mine.customer)
    by_number = {"match": "customer_id", "capabilities": ["read"]}
    counter.broker.give(counter.nurse, {"patient": customer, "orders": by_number})
    session = counter.log_in()
    assert counter.listed(session) == [counter.stock.mine.order, counter.stock.second.order]
    assert counter.shop.rest(session, "GET", f"{ORDERS}/{counter.stock.other.order}").status_code == 403


def test_an_order_that_moves(counter: Counter) -> None:
    """An order given to another customer during the lease is closed at once, one in the bin as well."""
    login = counter.stock.customer
    placed = counter.shop.place_order(login, f"moves-{counter.nurse}")
    counter.give()
    session = counter.log_in()
    route = f"{ORDERS}/{placed.order}"
    assert counter.shop.rest(session, "GET", route).status_code == 200
    change = "$o = wc_get_order({0}); $o->{1}; {2}"
    to_other = f"set_customer_id({counter.stock.other.customer})"
    counter.shop.run_php(change.format(placed.order, to_other, "$o->save();"))
    assert counter.shop.rest(session, "GET", route).status_code == 403
    assert placed.order not in counter.listed(session)
    back = f"set_customer_id({counter.stock.mine.customer})"
    counter.shop.run_php(change.format(placed.order, back, "$o->save(); $o->delete(false);"))
    assert counter.shop.rest(session, "GET", route).status_code in {403, 404}
    assert placed.order not in counter.listed(session, "&status=trash")


def test_the_end(counter: Counter) -> None:
    """A lease ends by itself at its time, for a session that goes on asking."""
    ends = counter.broker.clock.now() + timedelta(seconds=4)
    counter.broker.give(counter.nurse, counter.orders_of(), expires_at=ends)
    session = counter.log_in()
    seen = [counter.shop.rest(session, "GET", ORDERS).status_code]
    deadline = time.monotonic() + 15
    while seen[-1] == 200 and time.monotonic() < deadline:
        seen.append(counter.shop.rest(session, "GET", ORDERS).status_code)
    assert seen[0] == 200
    assert seen[-1] in {401, 403}


def test_without_a_shop(counter: Counter) -> None:
    """A site without WooCommerce refuses the lease at once, and says why."""
    counter.shop.run_php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins('woocommerce/woocommerce.php');"
    )
    try:
        outcome = counter.broker.apply(counter.broker.lease(counter.nurse, counter.orders_of()))
        assert outcome.reason == "no_shop"
    finally:
        counter.shop.run_php(
            "require_once ABSPATH . 'wp-admin/includes/plugin.php'; activate_plugin('woocommerce/woocommerce.php');"
        )
