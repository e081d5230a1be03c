"""A broker that was restored from a backup opens nothing that may have ended since, and repeats no version."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from broker.access.activate import activate
from broker.access.contain import Containment, contain
from broker.access.containment import OrderState
from broker.access.equipment import Equipment
from broker.access.grant import GrantState, get_grant, grant_is_effective
from broker.access.hand_back import hand_back
from broker.adapters.lease import ContainmentAction
from broker.app import build_parts
from broker.backup.restored import MARK, settle_restored
from broker.errors import ConfigurationError
from broker.identity.tables import sessions
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.reconcile.open_drifts import open_drifts
from broker.revocation.sweep import sweep
from broker.store import Store
from broker.store.engine import open_engine
from tests.backup.house import House
from tests.faults.fuse import Fuse, FusedStore, Killed

assert build_parts


def begun_again(house: House) -> Equipment:
    """The restored broker's equipment on the same site, before its first start was settled."""
    restored = house.restore()
    engine = open_engine(f"sqlite:///{restored.folder / 'broker.db'}")
    return replace(house.clinic.equipment, store=Store(engine, house.clock))


def state_of(equipment: Equipment, grant_id: str) -> GrantState:
    with equipment.store.read() as reader:
        return get_grant(reader, grant_id).state


def test_what_ended_after_the_backup_does_not_live_again(house: House) -> None:
    """Handed back or not, on a site or held here: after the first start nothing of the backup opens anything."""
    ended, open_still = house.granted(), house.granted("telehealth-recording")
    house.back_up()
    hand_back(house.clinic.equipment, house.clinic.clinician.person, ended.id)
    hand_back(house.clinic.equipment, house.clinic.clinician.person, open_still.id)
    equipment = begun_again(house)
    assert state_of(equipment, ended.id) is GrantState.ACTIVE
    assert settle_restored(equipment, house.folder / "restored")
    with equipment.store.read() as reader:
        assert not grant_is_effective(reader, ended.id, reader.at)
        assert not grant_is_effective(reader, open_still.id, reader.at)
        alive = reader.all(select(sessions.c.id).where(sessions.c.ended_at.is_(None)))
        assert alive == []
    sweep(equipment)
    assert state_of(equipment, ended.id) is GrantState.REVOKED
    assert not house.clinic.site.opens(ended.id)
    equipment.store.engine.dispose()


def test_it_is_done_once_and_told_in_the_ledger(house: House) -> None:
    """One entry with what was ended; the next start finds nothing to do."""
    house.granted()
    with house.store.write() as tx:
        house.clinic.sign_in(tx, house.clinic.clinician)
    house.back_up()
    equipment = begun_again(house)
    folder = house.folder / "restored"
    assert settle_restored(equipment, folder)
    assert not settle_restored(equipment, folder)
    house.clinic.store = equipment.store
    [entry] = house.clinic.entries("broker.restored")
    assert (entry.facts["grants_ended"], entry.facts["sessions_ended"]) == (1, 1)
    assert not (folder / MARK).exists()
    equipment.store.engine.dispose()


@pytest.mark.parametrize("point", [1, 2])
def test_killed_before_or_after_its_commit_it_is_done_once(house: House, point: int) -> None:
    """Whatever the first start left undone the second does, and no more."""
    house.granted()
    house.back_up()
    equipment = begun_again(house)
    fused = FusedStore(f"sqlite:///{house.folder / 'restored' / 'broker.db'}", house.clock, Fuse(point))
    with suppress(Killed):
        settle_restored(replace(equipment, store=fused), house.folder / "restored")
    assert settle_restored(equipment, house.folder / "restored")
    house.clinic.store = equipment.store
    assert len(house.clinic.entries("broker.restored")) == 1
    fused.engine.dispose()
    equipment.store.engine.dispose()


def test_no_version_is_given_out_twice(house: House) -> None:
    """The site was sent much after the backup: what the restored broker sends is newer than all of it."""
    house.back_up()
    clinic = house.clinic
    before = [house.granted() for _ in range(5)]
    frozen = contain(
        clinic.equipment,
        Containment("clinic", "mallory", (ContainmentAction.FREEZE,)),
        actor=clinic.admin.id,
    )
    newest = max([frozen.version, *(grant.lease_version or 0 for grant in before)])
    clinic.equipment = begun_again(house)
    settle_restored(clinic.equipment, house.folder / "restored")
    clinic.store = clinic.equipment.store
    again = house.granted()
    assert again.state is GrantState.ACTIVE
    assert again.lease_version is not None
    assert again.lease_version > newest + 1
    released = contain(
        clinic.equipment,
        Containment("clinic", "mallory", (ContainmentAction.RELEASE,)),
        actor=clinic.admin.id,
    )
    assert released.state is OrderState.CONFIRMED
    clinic.store.engine.dispose()


def test_without_that_the_site_would_refuse_what_it_sends(house: House) -> None:
    """What is proved here is not a property of the site alone: an unsettled restore repeats a version."""
    house.back_up()
    house.granted()
    house.clinic.equipment = begun_again(house)
    house.clinic.store = house.clinic.equipment.store
    versions = [lease.version for lease in house.clinic.site.leases.values()]
    issued = house.clinic.approve(house.clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert issued is not None
    assert activate(house.clinic.equipment, issued.id).lease_version in versions
    house.clinic.store.engine.dispose()


def test_a_person_is_asked_before_what_it_does_not_know_is_ended(house: House) -> None:
    """Every site is listed as knowing more than these records, until somebody confirms that there is no newer backup."""
    house.back_up()
    later = house.granted()
    equipment = begun_again(house)
    settle_restored(equipment, house.folder / "restored")
    reconcile_site(equipment, "clinic")
    with equipment.store.read() as reader:
        kinds = {each.kind for each in open_drifts(reader, "clinic")}
    assert {DriftKind.RECORDS_OLDER, DriftKind.UNKNOWN_ACTIVE} <= kinds
    assert house.clinic.site.opens(later.id)
    equipment.store.engine.dispose()


def test_a_mark_that_cannot_be_read_stops_the_start(house: House) -> None:
    """A broker that may have been restored and does not know of what never opens anything."""
    house.back_up()
    equipment = begun_again(house)
    (house.folder / "restored" / MARK).write_text("{")
    with pytest.raises(ConfigurationError, match="was restored"):
        settle_restored(equipment, house.folder / "restored")
    equipment.store.engine.dispose()
