"""A shop on a network: super administrators are kept from orders where the rule says so, unless a lease opens some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from broker.adapters.lease import ProtectionClaims
from broker.adapters.port import Answer, SignedDocument
from tests.live.broker_side import ISSUER, SITE, BrokerSide
from tests.live.shop.conftest import PASSWORD, Counter, furnish
from tests.live.shop.probes import OPEN
from tests.live.shop.site import Shop, source
from tests.live.shop.trying import attempt, leaked
from tests.live.wordpress_site import missing_packages
from tests.needs import lacks

pytestmark = pytest.mark.live
ORDERS = "/wc/v3/orders"
SCREEN = "/wp-admin/admin.php?page=emergency-access-orders"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """The counter of a network's super administrator."""
    if missing := missing_packages(source()):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    shop, broker = Shop(tmp_path_factory.mktemp("network")), BrokerSide()
    try:
        shop.start()
        shop.install_companion(broker.pairing)
        shop.become_network()
        # A new network puts its own addresses in place of the shop's.
        shop.run_php("$GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');")
        shop.run_php("flush_rewrite_rules();")
        broker.connect(shop.url)
        shop.create_user("root", role="administrator", password=PASSWORD)
        shop.run_php("grant_super_admin(get_user_by('login', 'root')->ID);")
        yield Counter(shop, broker, furnish(shop), "root")
    finally:
        shop.stop()


@dataclass(frozen=True)
class Pages:
    """What the shop's own pages show of one order."""

    counter: Counter
    session: requests.Session

    def shows(self, order: int, word: str) -> bool:
        url = f"{self.counter.shop.url}/my-account/view-order/{order}/"
        return f"item {word}" in self.session.get(url, timeout=30).text


def _protect(counter: Counter, *, stop: bool) -> None:
    counter.broker.mark += 1
    now, mark = counter.broker.clock.now(), counter.broker.mark
    claims = ProtectionClaims(SITE, stop, (), orders=True, version=mark, issued_at=now, issuer=ISSUER)
    signed = SignedDocument(SITE, counter.broker.signer.sign_protection(claims))
    assert counter.broker.adapter.protect(signed).answer is Answer.DONE


def test_stopped_and_let_go(root: Counter) -> None:
    """Free they read every order; stopped none, by no door of the shop; free again they do."""
    stock = root.stock
    _protect(root, stop=False)
    session = root.log_in()
    assert Pages(root, session).shows(stock.mine.order, stock.mine.word)
    assert stock.other.order in root.listed(session)
    _protect(root, stop=True)
    assert root.listed(session) == []
    for probe in OPEN:
        answer = attempt(root, session, probe)
        assert answer.status_code == 403, probe.name
        assert stock.mine.word not in answer.text
    for placed in (stock.mine, stock.other, stock.guest):
        assert not Pages(root, session).shows(placed.order, placed.word)
    _protect(root, stop=False)
    assert stock.other.order in root.listed(session)


def test_a_lease_opens_one_patient(root: Counter) -> None:
    """A lease opens that patient's orders to a stopped super administrator, and nothing of another's."""
    stock = root.stock
    _protect(root, stop=True)
    grant = root.give("notes")
    session = root.log_in()
    assert root.listed(session) == [stock.mine.order, stock.second.order]
    for probe in OPEN:
        assert leaked(root, attempt(root, session, probe)) == [], probe.name
    page = session.get(f"{root.shop.url}{SCREEN}&order={stock.mine.order}", timeout=30).text
    assert f"note {stock.mine.word}" in page
    assert Pages(root, session).shows(stock.mine.order, stock.mine.word)
    assert not Pages(root, session).shows(stock.other.order, stock.other.word)
    root.broker.take_back(grant)
    session = root.log_in()
    assert root.listed(session) == []
    assert not Pages(root, session).shows(stock.mine.order, stock.mine.word)


def test_own_orders(root: Counter) -> None:
    """What a stopped super administrator bought in the shop stays theirs to see."""
    _protect(root, stop=True)
    own = root.shop.place_order("root", "xown")
    assert Pages(root, root.log_in()).shows(own.order, "xown")
