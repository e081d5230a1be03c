"""From the question to the read-back end, in a shop that carries the module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState, get_grant
from broker.access.hand_back import hand_back
from broker.adapters.pairing import pairing_text
from broker.clock import SettableClock
from broker.policy.catalog import SiteRole
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.sweep import sweep
from broker.sealing import Seal
from broker.sites.connect import connector
from broker.sites.credentials import set_secret
from broker.sites.register import link_account
from broker.sites.tables import sites
from broker.store import Store
from tests.adapters.magento.shop import SECRETS, Shop
from tests.fakes.clinic import Clinic
from tests.live.mariadb import MariaDB

pytestmark = pytest.mark.live
ENTITLEMENT, RESOURCE = "wordpress-notes", "Magento_Sales::actions_view"
SEAL = Seal(bytes(range(32)), "sites")


@pytest.fixture
def clock() -> SettableClock:
    """Begins now: the shop goes by the machine's time."""
    # Each code that is typed turns it by half a minute.
    return SettableClock(datetime.now(UTC) - timedelta(seconds=30))


@pytest.fixture
def clinic(sqlite_store: Store, clock: SettableClock, open_shop: Callable[..., Shop]) -> Clinic:
    """Its site is the shop, reached with the integration's keys that lie sealed in the database."""
    clinic = Clinic(sqlite_store, clock)
    signer, catalog = clinic.equipment.lease_signer, clinic.equipment.catalog
    shop = open_shop(pairing=pairing_text("clinic", signer.issuer, [signer.public_jwk]))
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind="magento", base_url=shop.url, allow_private=True))
        for name, value in SECRETS.items():
            set_secret(tx, clinic.ledger, SEAL, "clinic", name, value, actor="test")
        link_account(tx, clinic.ledger, "clinic", clinic.clinician.id, "clerk", actor="test")
    role = SiteRole("clinic", {"resources": [RESOURCE]})
    offered = {
        **catalog.entitlements,
        ENTITLEMENT: replace(catalog.entitlements[ENTITLEMENT], site_role=role),
    }
    clinic.equipment = replace(
        clinic.equipment,
        catalog=replace(catalog, entitlements=offered),
        adapter_for=connector(clinic.store, signer, SEAL),
    )
    clinic.shop = shop  # type: ignore[attr-defined]
    return clinic


def granted(clinic: Clinic) -> Grant:
    issued = clinic.approve(clinic.ask(entitlement=ENTITLEMENT).request.id).grant
    assert issued is not None
    # Codes turn the clock; the shop's stands where the machine's does.
    return activate(clinic.equipment, issued.id)


def opens(clinic: Clinic) -> bool:
    shop: Shop = clinic.shop  # type: ignore[attr-defined]
    return shop.opens("clerk", RESOURCE)


def state_of(clinic: Clinic, grant: Grant) -> GrantState:
    with clinic.store.read() as reader:
        return get_grant(reader, grant.id).state


def test_lent_as_long_as_its_grant(clinic: Clinic) -> None:
    """Approved it is open and nothing looks odd; handed back, it was read back as closed, and the shop told all of it."""
    grant = granted(clinic)
    assert grant.state is GrantState.ACTIVE
    assert opens(clinic)
    assert reconcile_site(clinic.equipment, "clinic") == []
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    assert state_of(clinic, grant) is GrantState.REVOKED
    assert not opens(clinic)
    assert reconcile_site(clinic.equipment, "clinic") == []
    assert clinic.events().count("site.event") == 2


def test_over_is_over(clinic: Clinic) -> None:
    """At its end the sweep takes it back, although the broker's clock is far ahead of the shop's."""
    grant = granted(clinic)
    clinic.clock.advance(hours=1)
    assert sweep(clinic.equipment).revoked == 1
    assert state_of(clinic, grant) is GrantState.REVOKED
    assert not opens(clinic)


def test_a_wrong_key_is_said(clinic: Clinic) -> None:
    """Nothing is lent, and it says what is to be entered again."""
    with clinic.store.write() as tx:
        set_secret(tx, clinic.ledger, SEAL, "clinic", "access_token", "no such token", actor="test")
    grant = granted(clinic)
    assert grant.state is not GrantState.ACTIVE
    assert "integration" in str(grant.fault)
    assert not opens(clinic)


def test_a_restored_shop_mends(clinic: Clinic, mariadb: MariaDB) -> None:
    """Put back to when a grant lived that ended since, the shop opens nothing, and the broker brings it up to date."""
    grant = granted(clinic)
    tables = mariadb.sql("SHOW TABLES LIKE 'shop\\_emergency\\_access\\_%'", database="shop").split()
    for table in tables:
        mariadb.sql(f"CREATE OR REPLACE TABLE kept_{table} AS SELECT * FROM {table}", database="shop")
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    for table in tables:
        mariadb.sql(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}", database="shop")
    assert not opens(clinic)
    reconcile_site(clinic.equipment, "clinic")
    assert not opens(clinic)
    assert granted(clinic).state is GrantState.ACTIVE
    assert opens(clinic)


def test_a_row_put_back_opens_nothing(clinic: Clinic, mariadb: MariaDB) -> None:
    """Somebody with the database puts a handed-back grant's own row back, whole: it opens nothing all the same."""
    grant = granted(clinic)
    table, where = "shop_emergency_access_lease", f"grant_id = '{grant.id}'"
    mariadb.sql(f"CREATE OR REPLACE TABLE kept_row AS SELECT * FROM {table} WHERE {where}", database="shop")
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    mariadb.sql(f"DELETE FROM {table} WHERE {where}; INSERT INTO {table} SELECT * FROM kept_row", "shop")
    revocation = mariadb.sql(f"SELECT ended_at, revocation FROM {table} WHERE {where}", database="shop")
    assert revocation.split() == ["0"]
    assert not opens(clinic)
    assert reconcile_site(clinic.equipment, "clinic") == []
    assert granted(clinic).state is GrantState.ACTIVE
    assert opens(clinic)
