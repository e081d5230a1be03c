"""One patient's orders over WooCommerce's REST, and nobody else's."""

from __future__ import annotations

import pytest

from tests.live.shop.conftest import PASSWORD, Counter, Pair
from tests.live.shop.probes import CLOSED, OPEN, Probe
from tests.live.shop.trying import attempt, leaked

pytestmark = pytest.mark.live
ORDERS = "/wc/v3/orders"


def test_before_during_and_after(counter: Counter) -> None:
    """Nothing is open before the lease, each open route while it lives, and nothing once it was taken back."""
    session = counter.log_in()
    assert {attempt(counter, session, probe).status_code for probe in OPEN} == {403}
    grant = counter.give()
    during = {probe.name: attempt(counter, session, probe).status_code for probe in OPEN}
    missing = f"GET {ORDERS}/{{mine}}/notes/{{other_note}}"
    assert {name for name, status in during.items() if status != 200} == {missing}
    counter.broker.take_back(grant)
    # The session ended with the grant; a new one has nothing.
    assert {attempt(counter, session, probe).status_code for probe in OPEN} <= {401, 403}
    session = counter.log_in()
    assert {attempt(counter, session, probe).status_code for probe in OPEN} == {403}


def test_list(counter: Counter) -> None:
    """The list holds that patient's orders and counts no others, however it is asked for."""
    counter.give()
    session = counter.log_in()
    answer = counter.shop.rest(session, "GET", ORDERS)
    assert sorted(order["id"] for order in answer.json()) == [
        counter.stock.mine.order,
        counter.stock.second.order,
    ]
    assert answer.headers["X-WP-Total"] == "2"
    assert answer.headers["X-WP-TotalPages"] == "1"
    for query in (
        f"include={counter.stock.other.order}",
        f"customer={counter.stock.other.customer}",
        "customer=0",
        f"search={counter.stock.other.word}",
    ):
        answer = counter.shop.rest(session, "GET", f"{ORDERS}?{query}")
        assert (answer.json(), answer.headers["X-WP-Total"]) == ([], "0"), query
    both = f"&include={counter.stock.mine.order},{counter.stock.other.order},{counter.stock.guest.order}"
    assert counter.listed(session, both) == [counter.stock.mine.order]


@pytest.mark.parametrize("probe", OPEN, ids=lambda probe: probe.name)
def test_open_routes_leak_nothing(pair: Pair, probe: Probe) -> None:
    """No answer under a lease carries anything of another patient, of a guest, or a key of any order."""
    assert leaked(pair.counter, attempt(pair.counter, pair.holder, probe)) == []


def test_one_order(counter: Counter) -> None:
    """An order, its notes and its refunds are told in full."""
    counter.give()
    session = counter.log_in()
    order = counter.shop.rest(session, "GET", f"{ORDERS}/{counter.stock.mine.order}").json()
    assert order["line_items"][0]["name"] == f"item {counter.stock.mine.word}"
    assert "order_key" not in order
    notes = counter.shop.rest(session, "GET", f"{ORDERS}/{counter.stock.mine.order}/notes").json()
    assert f"note {counter.stock.mine.word}" in [note["note"] for note in notes]
    refunds = counter.shop.rest(session, "GET", f"{ORDERS}/{counter.stock.mine.order}/refunds").json()
    assert [refund["reason"] for refund in refunds] == [f"refund {counter.stock.mine.word}"]


@pytest.mark.parametrize("probe", CLOSED, ids=lambda probe: probe.name)
def test_closed_routes_answer_as_without_a_lease(pair: Pair, probe: Probe) -> None:
    """Other orders, other verbs and other doors answer exactly what they answer without a lease: no."""
    without = attempt(pair.counter, pair.nobody, probe)
    answer = attempt(pair.counter, pair.holder, probe)
    assert leaked(pair.counter, answer) == []
    assert answer.status_code == without.status_code
    assert answer.status_code >= 400 or answer.json() == without.json()


def test_nothing_changed(counter: Counter) -> None:
    """After every attempt the order, its notes and its refunds are what they were."""
    read = (
        f"$o = wc_get_order({counter.stock.mine.order}); echo $o->get_status(), $o->get_customer_id(),"
        f"count($o->get_refunds()), count(wc_get_order_notes(array('order_id' => $o->get_id())));"
    )
    before = counter.shop.run_php(read)
    counter.give()
    session = counter.log_in()
    for probe in CLOSED:
        attempt(counter, session, probe)
    assert counter.shop.run_php(read) == before


def test_notes_verb(counter: Counter) -> None:
    """A lease for notes adds an internal note in the holder's own name to that patient's orders only."""
    counter.give("notes")
    session = counter.log_in()
    route = f"{ORDERS}/{counter.stock.mine.order}/notes"
    added = counter.shop.rest(session, "POST", route, json={"note": "seen in an emergency"})
    assert added.status_code == 201
    assert added.json()["author"] == counter.nurse
    assert added.json()["customer_note"] is False
    for attempt_at, note in (
        (counter.stock.other.order, {"note": "x"}),
        (counter.stock.guest.order, {"note": "x"}),
        (counter.stock.mine.order, {"note": "x", "order_id": counter.stock.other.order}),
        (counter.stock.mine.order, {"note": "mailed to the patient", "customer_note": True}),
    ):
        refused = counter.shop.rest(session, "POST", f"{ORDERS}/{attempt_at}/notes", json=note)
        assert refused.status_code == 403, note
    notes = counter.shop.rest(session, "GET", route).json()
    assert "seen in an emergency" in [note["note"] for note in notes]


def test_own_orders_stay(counter: Counter) -> None:
    """A holder who is a customer as well keeps what the shop gives every customer."""
    own = counter.shop.place_order(counter.nurse, f"own-{counter.nurse}")
    counter.give()
    session = counter.log_in()
    page = session.get(f"{counter.shop.url}/my-account/view-order/{own.order}/", timeout=30)
    assert f"item {own.word}" in page.text
    assert counter.listed(session) == [counter.stock.mine.order, counter.stock.second.order]


def test_standing_rights_stay(counter: Counter) -> None:
    """Somebody who manages the shop is not confined by a lease."""
    counter.shop.create_user(counter.nurse, role="shop_manager", password=PASSWORD)
    counter.give()
    session = counter.log_in()
    assert counter.stock.other.order in counter.listed(session)


def test_another_person_gains_nothing(counter: Counter) -> None:
    """The lease is the holder's alone."""
    counter.give()
    colleague = f"{counter.nurse}-colleague"
    counter.shop.create_user(colleague, password=PASSWORD)
    session = counter.shop.log_in(colleague, PASSWORD)
    assert counter.shop.rest(session, "GET", ORDERS).status_code == 403


def test_two_patients(counter: Counter) -> None:
    """Two leases open both patients' orders; when one ends, the other's stay open."""
    first = counter.give()
    counter.broker.give(counter.nurse, counter.orders_of(patient=counter.stock.other_patient))
    session = counter.log_in()
    mine = [counter.stock.mine.order, counter.stock.second.order]
    assert counter.listed(session) == [*mine, counter.stock.other.order]
    counter.broker.take_back(first)
    assert counter.listed(counter.log_in()) == [counter.stock.other.order]
