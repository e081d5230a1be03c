"""A site that knows its customers by number has nothing for a patient who is no number there."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from broker.access.plan import NO_SUCH_PATIENT
from broker.errors import Invalid
from broker.policy.catalog import SiteRole
from broker.sites.register import link_patient
from broker.sites.tables import sites
from tests.fakes.clinic import Clinic

ENTITLEMENT = "wordpress-notes"


@pytest.fixture
def shop(clinic: Clinic) -> Clinic:
    """The clinic's site is a shop, and the entitlement opens a patient's orders by the customer's number."""
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind="wordpress"))
    role = SiteRole("clinic", {"orders": {"match": "customer_id", "capabilities": ["read"]}})
    catalog = clinic.equipment.catalog
    offered = replace(catalog.entitlements[ENTITLEMENT], site_role=role)
    catalog = replace(catalog, entitlements={**catalog.entitlements, ENTITLEMENT: offered})
    clinic.equipment = replace(clinic.equipment, catalog=catalog)
    return clinic


def test_it_is_said_when_it_is_asked_and_not_after_the_approval(shop: Clinic) -> None:
    """In the same words as for a patient who is none, so that nothing is learnt from them."""
    for patient in ("P-1001", "P-0000"):
        with pytest.raises(Invalid) as refused:
            shop.ask(entitlement=ENTITLEMENT, patient_ref=patient)
        assert refused.value.faults == {"patient": NO_SUCH_PATIENT}


def test_the_sites_own_number_is_linked(shop: Clinic) -> None:
    """Once somebody said which customer it is, it can be asked for."""
    with shop.store.write() as tx:
        link_patient(tx, shop.ledger, "clinic", shop.patient.id, "42", actor=shop.admin.id)
    assert shop.ask(entitlement=ENTITLEMENT).request.scope["orders"]["match"] == "customer_id"


def test_policy_that_fits_nobody_is_not_blamed_on_the_patient(shop: Clinic) -> None:
    """The doctor names it; a clinician is not told to check the patient's id."""
    catalog = shop.equipment.catalog
    role = SiteRole("clinic", {"resources": ["Magento_Sales::sales"]})
    offered = replace(catalog.entitlements[ENTITLEMENT], site_role=role)
    catalog = replace(catalog, entitlements={**catalog.entitlements, ENTITLEMENT: offered})
    shop.equipment = replace(shop.equipment, catalog=catalog)
    assert shop.ask(entitlement=ENTITLEMENT).request.scope == {"resources": ["Magento_Sales::sales"]}
