"""From the question to the read-back end, on a WordPress that carries nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, update

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState, get_grant
from broker.access.hand_back import hand_back
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.policy.catalog import SiteRole, SiteRules
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.sweep import sweep
from broker.sealing import Seal
from broker.sites.connect import connector
from broker.sites.credentials import set_secret
from broker.sites.register import link_account
from broker.sites.tables import sites
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.live.core_site import ADMIN, PASSWORD
from tests.live.wordpress_site import DEBIAN, WordPressSite, missing_packages
from tests.needs import lacks

pytestmark = pytest.mark.live
NURSE, ENTITLEMENT = "nurse", "wordpress-notes"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPressSite]:
    if missing := missing_packages(DEBIAN):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = WordPressSite(tmp_path_factory.mktemp("story"))
    try:
        site.start()
        site.create_user(ADMIN, role="administrator", password=PASSWORD)
        site.create_user(NURSE, password=PASSWORD)
        yield site
    finally:
        site.stop()


@pytest.fixture
def clinic(sqlite_store: Store, clock: SettableClock, site: WordPressSite) -> Clinic:
    """Its site is the real one, reached with the credentials that lie sealed in the database."""
    clinic, seal = Clinic(sqlite_store, clock), Seal(bytes(range(32)), "sites")
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind="wordpress-core", base_url=site.url, allow_private=True))
        for name, value in (("user", ADMIN), ("application_password", site.application_password(ADMIN))):
            set_secret(tx, clinic.ledger, seal, "clinic", name, value, actor="test")
        link_account(tx, clinic.ledger, "clinic", clinic.clinician.id, NURSE, actor="test")
    equipment, catalog = clinic.equipment, clinic.equipment.catalog
    role = SiteRole("clinic", {"roles": ["author"]})
    offered = {
        **catalog.entitlements,
        ENTITLEMENT: replace(catalog.entitlements[ENTITLEMENT], site_role=role),
    }
    accepted = {"clinic": SiteRules(companion_required=False)}
    clinic.equipment = replace(
        equipment,
        catalog=replace(catalog, entitlements=offered, sites=accepted),
        adapter_for=connector(clinic.store, equipment.lease_signer, seal),
    )
    return clinic


def granted(clinic: Clinic) -> Grant:
    issued = clinic.approve(clinic.ask(entitlement=ENTITLEMENT).request.id).grant
    assert issued is not None
    return activate(clinic.equipment, issued.id)


def roles(site: WordPressSite) -> str:
    return site.run_php(f"echo implode(' ', get_user_by('login', '{NURSE}')->roles);")


def state_of(clinic: Clinic, grant: Grant) -> GrantState:
    with clinic.store.read() as reader:
        return get_grant(reader, grant.id).state


def test_a_role_lives_as_long_as_its_grant(clinic: Clinic, site: WordPressSite) -> None:
    """Approved it is there and nothing looks odd; handed back, or over, it was read back as gone."""
    for end in ("handed back", "over"):
        grant = granted(clinic)
        assert grant.state is GrantState.ACTIVE
        assert roles(site) == "subscriber author"
        assert reconcile_site(clinic.equipment, "clinic") == []
        if end == "over":
            clinic.clock.advance(hours=1)
            assert sweep(clinic.equipment).revoked == 1
        else:
            hand_back(clinic.equipment, clinic.clinician.person, grant.id)
        assert state_of(clinic, grant) is GrantState.REVOKED
        assert roles(site) == "subscriber"
        assert reconcile_site(clinic.equipment, "clinic") == []


def test_a_role_taken_away_by_hand_is_told(clinic: Clinic, site: WordPressSite) -> None:
    """The broker shows that what it granted is not there; the end is confirmed all the same."""
    grant = granted(clinic)
    site.run_php(f"get_user_by('login', '{NURSE}')->remove_role('author');")
    clinic.clock.advance(seconds=1)
    assert [drift.kind for drift in reconcile_site(clinic.equipment, "clinic")] == ["missing"]
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    assert state_of(clinic, grant) is GrantState.REVOKED
    assert roles(site) == "subscriber"


def test_a_database_that_cannot_be_written_keeps_no_role_lent(clinic: Clinic, site: WordPressSite) -> None:
    """Nothing is given, the role is taken back at its time, and it is written down once that works."""
    grant, read_only = granted(clinic), True

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")

    event.listen(clinic.store.engine, "connect", limit)
    clinic.store.engine.dispose()
    with pytest.raises(Unavailable):
        clinic.break_glass()
    clinic.clock.advance(hours=1)
    assert sweep(clinic.equipment).unrecorded == 1
    assert roles(site) == "subscriber"
    assert state_of(clinic, grant) is GrantState.ACTIVE
    read_only = False
    clinic.store.engine.dispose()
    sweep(clinic.equipment)
    assert state_of(clinic, grant) is GrantState.REVOKED
    assert roles(site) == "subscriber"
    assert reconcile_site(clinic.equipment, "clinic") == []


def test_a_grant_whose_push_was_never_confirmed_leaves_nothing(clinic: Clinic, site: WordPressSite) -> None:
    """With the wrong password nothing is lent; it says why, and what was asked for ends without a trace."""
    with clinic.store.write() as tx:
        wrong = Seal(bytes(range(32)), "sites")
        set_secret(tx, clinic.ledger, wrong, "clinic", "application_password", "no such word", actor="test")
    grant = granted(clinic)
    assert grant.state is GrantState.ACTIVATING
    assert "application password" in str(grant.fault)
    assert roles(site) == "subscriber"
    clinic.clock.advance(hours=1)
    sweep(clinic.equipment)
    assert state_of(clinic, grant) is GrantState.REVOKING
    with clinic.store.write() as tx:
        right = site.application_password(ADMIN)
        set_secret(tx, clinic.ledger, wrong, "clinic", "application_password", right, actor="test")
    clinic.clock.advance(minutes=10)
    sweep(clinic.equipment)
    assert state_of(clinic, grant) is GrantState.REVOKED
