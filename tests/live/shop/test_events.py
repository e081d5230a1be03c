"""What the site writes down of orders under a grant."""

from __future__ import annotations

import re

import pytest

from tests.live.shop.conftest import PASSWORD, Counter
from tests.live.site_events import EVENTS, Puller, under

pytestmark = pytest.mark.live
ORDERS = "/wc/v3/orders"
SCREEN = "/wp-admin/admin.php?page=emergency-access-orders"


@pytest.fixture
def puller(counter: Counter) -> Puller:
    puller = Puller(counter.broker)
    puller.pull()
    return puller


def _done(events: list[str]) -> list[str]:
    return [event for event in events if not event.startswith(("lease_", "signed_in"))]


def test_rest(counter: Counter, puller: Puller) -> None:
    """What was listed, opened, noted and asked for in vain, with numbers of orders and patterns of routes only."""
    mine, other = counter.stock.mine.order, counter.stock.other.order
    grant = counter.give("notes")
    session = counter.log_in()
    for path in (ORDERS, f"{ORDERS}/{mine}", f"{ORDERS}/{mine}/refunds", f"{ORDERS}/{other}"):
        counter.shop.rest(session, "GET", f"{path}?search=" if path == ORDERS else path)
    counter.shop.rest(session, "POST", f"{ORDERS}/{mine}/notes", json={"note": "recorded"})
    counter.shop.rest(session, "GET", f"{ORDERS}/{other}/notes")
    counter.shop.rest(session, "GET", "/wc/v2/orders")
    events = puller.pull()
    assert _done(under(grant, events)) == [
        "listed shop_order",
        f"opened shop_order {mine}",
        f"denied shop_order {other}",
        f"noted shop_order {mine}",
        "denied shop_order",
    ]
    facts = [dict(event.facts) for event in events if event.grant == grant and event.kind == "listed"]
    assert facts == [{"count": 2, "object": "shop_order", "route": f"GET {ORDERS}"}]
    told = str([event.facts for event in events if event.grant == grant])
    assert counter.stock.patient not in told
    assert counter.stock.mine.word not in told


def test_pages(counter: Counter, puller: Puller) -> None:
    """The shop's page of an order and the holder's page in wp-admin are recorded alike."""
    mine, second, other = (
        placed.order for placed in (counter.stock.mine, counter.stock.second, counter.stock.other)
    )
    grant = counter.give("notes")
    session = counter.log_in()
    for path in (
        f"/my-account/view-order/{mine}/",
        f"/my-account/view-order/{other}/",
        SCREEN,
        f"{SCREEN}&order={second}",
    ):
        page = session.get(counter.shop.url + path, timeout=30)
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', page.text)
    assert nonce
    form = {"note": "recorded", "_wpnonce": nonce[1]}
    session.post(f"{counter.shop.url}{SCREEN}&order={second}", data=form, timeout=30)
    assert _done(under(grant, puller.pull())) == [
        f"opened shop_order {mine}",
        f"denied shop_order {other}",
        "listed shop_order",
        f"opened shop_order {second}",
        f"noted shop_order {second}",
    ]


def test_standing_rights_are_recorded_too(counter: Counter, puller: Puller) -> None:
    """A holder who manages the shop leans on no lease; what they do with that patient's order is written down."""
    counter.shop.create_user(counter.nurse, role="shop_manager", password=PASSWORD)
    mine, other = counter.stock.mine.order, counter.stock.other.order
    grant = counter.give()
    session = counter.log_in()
    for order in (mine, other):
        assert counter.shop.rest(session, "GET", f"{ORDERS}/{order}").status_code == 200
        added = counter.shop.rest(session, "POST", f"{ORDERS}/{order}/notes", json={"note": "as a manager"})
        assert added.status_code == 201
    assert _done(under(grant, puller.pull())) == [f"opened shop_order {mine}", f"noted shop_order {mine}"]


def test_what_cannot_be_recorded_is_not_given(counter: Counter) -> None:
    """With the record broken, no order opens: not by REST, not on the shop's pages, not on the holder's."""
    counter.give("notes")
    session = counter.log_in()
    mine = counter.stock.mine
    counter.shop.sql(f"RENAME TABLE {EVENTS} TO away")
    try:
        counter.shop.sql(f"CREATE VIEW {EVENTS} AS SELECT * FROM away WHERE 0 WITH CHECK OPTION")
        for path in (ORDERS, f"{ORDERS}/{mine.order}", f"{ORDERS}/{mine.order}/notes"):
            answer = counter.shop.rest(session, "GET", path)
            assert answer.status_code == 403 or answer.json() == [], path
        refused = counter.shop.rest(session, "POST", f"{ORDERS}/{mine.order}/notes", json={"note": "unseen"})
        assert refused.status_code == 403
        for path in (f"/my-account/view-order/{mine.order}/", SCREEN, f"{SCREEN}&order={mine.order}"):
            assert mine.word not in session.get(counter.shop.url + path, timeout=30).text
    finally:
        counter.shop.sql(
            f"DROP VIEW IF EXISTS {EVENTS}; DROP TABLE IF EXISTS {EVENTS}; RENAME TABLE away TO {EVENTS}"
        )
    assert counter.listed(session)
