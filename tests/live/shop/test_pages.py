"""The shop's and the companion's pages, as the holder's browser sees them."""

from __future__ import annotations

import re

import pytest
import requests

from tests.live.shop.conftest import PASSWORD, Counter, Pair
from tests.live.shop.probes import PAGES, Probe
from tests.live.shop.trying import attempt, leaked

pytestmark = pytest.mark.live
SCREEN = "/wp-admin/admin.php?page=emergency-access-orders"


def _get(counter: Counter, session: requests.Session, path: str) -> requests.Response:
    return session.get(counter.shop.url + path, allow_redirects=False, timeout=30)


@pytest.mark.parametrize("probe", PAGES, ids=lambda probe: probe.name)
def test_pages_leak_nothing(pair: Pair, probe: Probe) -> None:
    """No page of the shop or of wp-admin shows anything of another patient, of a guest, or an order's key."""
    assert leaked(pair.counter, attempt(pair.counter, pair.holder, probe)) == []


def test_view_order(counter: Counter) -> None:
    """The shop's own page of an order opens for that patient's orders while the lease lives."""
    mine = f"/my-account/view-order/{counter.stock.mine.order}/"
    item = f"item {counter.stock.mine.word}"
    session = counter.log_in()
    assert item not in _get(counter, session, mine).text
    grant = counter.give()
    page = _get(counter, session, mine).text
    assert item in page
    assert "Emergency access until" in page
    other = _get(counter, session, f"/my-account/view-order/{counter.stock.other.order}/").text
    assert counter.stock.other.word not in other
    counter.broker.take_back(grant)
    assert item not in _get(counter, counter.log_in(), mine).text


def test_the_right_to_view_is_lent_on_that_page_only(counter: Counter) -> None:
    """Another plugin that asks elsewhere whether the holder may view the order (to print it, to mail it) hears no."""
    mine = counter.stock.mine.order
    plugin = counter.shop.root / "wp-content/mu-plugins/printing.php"
    plugin.write_text(
        f"<?php add_action('wp_footer', 'say_{mine}'); add_action('woocommerce_view_order', 'say_{mine}');"
        f"add_action('wp_ajax_say', 'say_{mine}');"
        f"function say_{mine}() {{ echo current_user_can('view_order', {mine}) ? 'may view' : 'may not view'; }}"
    )
    counter.give()
    session = counter.log_in()
    try:
        assert "may view" in _get(counter, session, f"/my-account/view-order/{mine}/").text
        asked = _get(counter, session, f"/wp-admin/admin-ajax.php?action=say&view-order={mine}").text
        assert "may not view" in asked
    finally:
        plugin.unlink()


def test_an_orders_key_is_not_shown(counter: Counter) -> None:
    """The key would open the order without a login and after the lease: no link to pay carries it, nor does
    what another plugin prints on the page. The customer's own page is as ever, even with a lease for it."""
    login = f"{counter.nurse}-unpaid"
    counter.shop.create_user(login, role="customer", password=PASSWORD)
    counter.shop.mark(login, login)
    placed = counter.shop.place_order(login, login)
    counter.shop.run_php(f"$o = wc_get_order({placed.order}); $o->set_status('pending'); $o->save();")
    page = f"/my-account/view-order/{placed.order}/"
    plugin = counter.shop.root / "wp-content/mu-plugins/tracking.php"
    plugin.write_text(
        "<?php add_action('woocommerce_view_order', function ($id) { echo 'track ', wc_get_order($id)->get_order_key(); });"
    )
    for account in (counter.nurse, login):
        counter.broker.give(account, counter.orders_of(patient=login))
    try:
        shown = _get(counter, counter.log_in(), page).text
        own = _get(counter, counter.shop.log_in(login, PASSWORD), page).text
    finally:
        plugin.unlink()
    assert "track " in shown
    assert placed.key not in shown
    assert "pay_for_order" not in shown
    assert f"track {placed.key}" in own
    assert "pay_for_order" in own


def test_screen(counter: Counter) -> None:
    """The holder's page in wp-admin lists that patient's orders and shows one with items, notes and refunds."""
    counter.give()
    session = counter.log_in()
    stock = counter.stock
    listed = _get(counter, session, SCREEN)
    assert listed.status_code == 200
    assert re.findall(r"order=(\d+)", listed.text) != []
    assert {int(n) for n in re.findall(r"order=(\d+)", listed.text)} == {stock.mine.order, stock.second.order}
    page = _get(counter, session, f"{SCREEN}&order={stock.mine.order}").text
    for text in ("item", "note", "refund", "wish", "first"):
        assert f"{text} {stock.mine.word}" in page, text
    assert "<textarea" not in page
    assert leaked(counter, listed) == []


def test_screen_is_the_holders(counter: Counter) -> None:
    """Without a lease there is no such page, and WooCommerce keeps customers out of wp-admin as before."""
    session = counter.log_in()
    assert _get(counter, session, SCREEN).status_code in {302, 403}
    grant = counter.give()
    assert _get(counter, session, SCREEN).status_code == 200
    counter.broker.take_back(grant)
    session = counter.log_in()
    assert _get(counter, session, SCREEN).status_code in {302, 403}
    assert _get(counter, session, "/wp-admin/profile.php").status_code == 302


def test_entrance(counter: Counter) -> None:
    """The address the broker leads a holder to is that page."""
    entrance = counter.broker.adapter.entrance(counter.orders_of())
    assert entrance == counter.shop.url + SCREEN


def test_note_by_form(counter: Counter) -> None:
    """The form adds an internal note in the holder's name, once, and only with what the page gave along."""
    counter.give("notes")
    session = counter.log_in()
    address = f"{SCREEN}&order={counter.stock.second.order}"
    form = {"note": f"by the form <b>{counter.nurse}</b>"}
    url = counter.shop.url + address
    assert session.post(url, data=form, allow_redirects=False, timeout=30).status_code == 403
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', _get(counter, session, address).text)
    assert nonce
    form["_wpnonce"] = nonce[1]
    assert session.post(url, data=form, allow_redirects=False, timeout=30).status_code == 302
    page = _get(counter, session, f"{address}&noted=1").text
    assert "The note was added." in page
    assert page.count("by the form") == 1
    assert f"<td>{counter.nurse}</td>" in page
    elsewhere = counter.shop.url + f"{SCREEN}&order={counter.stock.other.order}"
    assert session.post(elsewhere, data=form, allow_redirects=False, timeout=30).status_code == 403


def test_reader_has_no_form(counter: Counter) -> None:
    """A lease to read takes no note, not even with a form made by hand."""
    grant = counter.give("notes")
    session = counter.log_in()
    address = f"{SCREEN}&order={counter.stock.second.order}"
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', _get(counter, session, address).text)
    assert nonce
    # Another lease keeps the session, so that what the page gave along stays good.
    counter.give("read")
    counter.broker.take_back(grant)
    form = {"note": "too late", "_wpnonce": nonce[1]}
    answer = session.post(counter.shop.url + address, data=form, allow_redirects=False, timeout=30)
    assert answer.status_code in {302, 403}
    assert "too late" not in _get(counter, counter.log_in(), address).text


def test_posts_are_reached_beside_a_shop(counter: Counter) -> None:
    """WooCommerce keeps people without rights out of wp-admin; a lease for posts still leads there."""
    note = counter.shop.create_post("Beside the shop", patient=counter.stock.patient)
    posts = {"post_type": "telehealth_note", "meta_key": "patient_ref", "capabilities": ["read", "edit"]}
    counter.broker.give(counter.nurse, {"patient": counter.stock.patient, "posts": posts})
    session = counter.log_in()
    assert _get(counter, session, f"/wp-admin/post.php?post={note}&action=edit").status_code == 200
    assert _get(counter, session, SCREEN).status_code == 403
