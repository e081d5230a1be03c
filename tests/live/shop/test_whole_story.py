"""From the request form to one patient's orders in a shop and back, as people's browsers go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from broker.identity.people import Role
from broker.patients.register import add_patient
from broker.sites.register import link_patient
from tests.live.go_between import GoBetween
from tests.live.served_broker import ENTITLEMENT, ServedBroker
from tests.live.shop.conftest import Counter
from tests.live.site_events import Puller, under

pytestmark = pytest.mark.live
POLICIES = Path(__file__).resolve().parents[3] / "policies"


def _policies_for_orders(folder: Path) -> Path:
    """The released policy, its role on a WordPress site opening orders in place of notes."""
    policy = yaml.safe_load((POLICIES / "telehealth.yaml").read_text(encoding="utf-8"))
    role = policy["entitlements"][ENTITLEMENT]["site_role"]
    del role["posts"]
    role["orders"] = {"match": "customer_id", "capabilities": ["read", "notes"]}
    shutil.copytree(POLICIES, folder)
    (folder / "telehealth.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    return folder


@pytest.fixture
def served(counter: Counter, tmp_path: Path) -> Iterator[ServedBroker]:
    """The broker with the key the shop knows, and such a policy."""
    between = GoBetween(counter.shop.url)
    state = tmp_path / "broker"
    state.mkdir()
    running = ServedBroker(state, counter.broker, between, _policies_for_orders(tmp_path / "policies"))
    running.start()
    try:
        running.connect()
        yield running
    finally:
        running.stop()
        between.go_down()


def test_asked_approved_read_and_handed_back(served: ServedBroker, counter: Counter) -> None:
    """Approval leads to that patient's orders and to no others; handing back closes them and ends the session."""
    stock = counter.stock
    patient = f"patient-of-{counter.nurse}"
    ledger = served.parts.ledger
    with served.parts.store.write() as tx:
        known = add_patient(tx, ledger, actor="demo", clinic_ref=patient)
        link_patient(tx, ledger, "clinic", known.id, str(stock.mine.customer), actor="demo")
    puller = Puller(counter.broker)
    puller.pull()
    clinician = served.person(Role.CLINICIAN, account=counter.nurse)
    approver = served.person(Role.APPROVER)
    session = counter.log_in()
    request_page = clinician.ask(patient)
    assert counter.listed(session) == []
    grant = approver.approve(request_page)
    way = clinician.way_to_site(grant)
    assert "page=emergency-access-orders" in way
    page = session.get(way.replace(served.between.url, counter.shop.url), timeout=30).text
    assert f"order={stock.mine.order}" in page
    assert f"order={stock.other.order}" not in page
    assert counter.listed(session) == [stock.mine.order, stock.second.order]
    clinician.end(grant)
    assert "was asked again and holds nothing of it" in clinician.page(f"/grants/{grant.id}")
    assert counter.listed(session) == []
    assert counter.listed(counter.log_in()) == []
    assert "listed shop_order" in under(grant.id, puller.pull())
    served.check_ledger()
