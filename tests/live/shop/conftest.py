"""One shop for all its tests, and for each a nurse, two patients with orders, and a guest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.live.broker_side import BrokerSide
from tests.live.shop.site import Placed, Shop, source
from tests.live.wordpress_site import missing_packages
from tests.needs import lacks

_NUMBERS = itertools.count(1)
PASSWORD = "a-password-for-tests"


@pytest.fixture(scope="session")
def shop_broker() -> BrokerSide:
    return BrokerSide()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, shop_broker: BrokerSide) -> Iterator[Shop]:
    """The stub on Debian's WordPress; BROKER_TEST_WOOCOMMERCE_DIR names a site with the real WooCommerce."""
    if missing := missing_packages(source()):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = Shop(tmp_path_factory.mktemp("shop"))
    try:
        site.start()
        site.install_companion(shop_broker.pairing)
        shop_broker.connect(site.url)
        yield site
    finally:
        site.stop()


@dataclass(frozen=True)
class Stock:
    """The patient ``patient`` is the account ``customer`` and has two orders, another patient one, a guest one.

    Whose account it is stands in the accounts' field patient_ref.
    """

    patient: str
    other_patient: str
    customer: str
    other_customer: str
    mine: Placed
    second: Placed
    other: Placed
    guest: Placed


def furnish(shop: Shop) -> Stock:
    """Two customers, and the orders; every text of an order carries a word that is nowhere else."""
    accounts = {"P-A": "patient-a", "P-B": "patient-b"}
    for ref, login in accounts.items():
        shop.create_user(login, role="customer", password=PASSWORD)
        shop.mark(login, ref)
    mine, other = accounts.values()
    words = itertools.cycle(["xmine", "xsecond", "xother", "xguest"])
    placed = [shop.place_order(login, next(words)) for login in (mine, mine, other, "")]
    return Stock("P-A", "P-B", mine, other, *placed)


@pytest.fixture(scope="session")
def stock(shop: Shop) -> Stock:
    return furnish(shop)


@dataclass(frozen=True)
class Counter:
    """A nurse without standing rights, at a shop with that stock."""

    shop: Shop
    broker: BrokerSide
    stock: Stock
    nurse: str

    def hire(self) -> None:
        self.shop.create_user(self.nurse, password=PASSWORD)

    def log_in(self) -> requests.Session:
        return self.shop.log_in(self.nurse, PASSWORD)

    def orders_of(self, *verbs: str, patient: str = "") -> dict[str, Any]:
        orders = {"match": "customer_meta", "key": "patient_ref", "capabilities": list(verbs) or ["read"]}
        return {"patient": patient or self.stock.patient, "orders": orders}

    def give(self, *verbs: str) -> str:
        """Lets the nurse to the patient's orders for an hour."""
        ends = self.broker.clock.now() + timedelta(hours=1)
        return self.broker.give(self.nurse, self.orders_of(*verbs), expires_at=ends)

    def listed(self, session: requests.Session, query: str = "") -> list[int]:
        answer = self.shop.rest(session, "GET", f"/wc/v3/orders?per_page=100{query}")
        return sorted(order["id"] for order in answer.json()) if answer.status_code == 200 else []


@pytest.fixture
def counter(shop: Shop, shop_broker: BrokerSide, stock: Stock) -> Counter:
    at = Counter(shop, shop_broker, stock, f"nurse{next(_NUMBERS)}")
    at.hire()
    return at


@dataclass(frozen=True)
class Pair:
    """Two people who never had rights: ``holder`` has a lease to read the patient's orders, ``nobody`` has none."""

    counter: Counter
    holder: requests.Session
    nobody: requests.Session


@pytest.fixture(scope="session")
def pair(shop: Shop, shop_broker: BrokerSide, stock: Stock) -> Pair:
    both = [Counter(shop, shop_broker, stock, login) for login in ("holder", "nobody")]
    for one in both:
        one.hire()
    both[0].give()
    return Pair(both[0], both[0].log_in(), both[1].log_in())
