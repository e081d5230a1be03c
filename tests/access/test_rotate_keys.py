"""No site is left behind when the key changes, and no lease outlives the key that signed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.access.hand_back import hand_back
from broker.access.rotate_keys import prepare_key, retire_key, switch_key
from broker.adapters.pairing import pairing_text, read_pairing
from broker.errors import Conflict
from broker.lease_keys import KeyState, RenewingSigner, key_in, read_ring
from tests.fakes.clinic import ISSUER, Clinic


@pytest.fixture
def folder(clinic: Clinic, tmp_path: Path) -> Path:
    """A broker whose keys are files."""
    keys = tmp_path / "keys"
    clinic.equipment = replace(clinic.equipment, lease_signer=RenewingSigner(keys, ISSUER))
    pair(clinic, keys)
    return keys


def pair(clinic: Clinic, keys: Path) -> None:
    ring = [key.public_jwk for key in read_ring(keys)]
    clinic.site.pairing = read_pairing(pairing_text("clinic", ISSUER, ring))


def granted(clinic: Clinic) -> Grant:
    grant = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert grant is not None
    return activate(clinic.equipment, grant.id)


def kid(keys: Path, state: KeyState) -> str:
    found = key_in(read_ring(keys), state)
    assert found is not None
    return found.kid


def test_a_whole_rotation(clinic: Clinic, folder: Path) -> None:
    """Prepare, pair, switch, wait, retire: a grant of before lives through it and ends, one of after is signed anew."""
    before = granted(clinic)
    first = kid(folder, KeyState.CURRENT)
    prepare_key(clinic.equipment, folder, actor="broker")
    prepare_key(clinic.equipment, folder, actor="broker")
    pair(clinic, folder)
    clinic.clock.advance(minutes=5)
    switch_key(clinic.equipment, folder, force=False, actor="broker")
    assert clinic.equipment.lease_signer.renew()
    with pytest.raises(Conflict, match="One grant is still on a site"):
        retire_key(clinic.equipment, folder, first, force=False, actor="broker")
    hand_back(clinic.equipment, clinic.clinician.person, before.id)
    assert not clinic.site.leases
    clinic.clock.advance(minutes=2)
    after = granted(clinic)
    retire_key(clinic.equipment, folder, first, force=False, actor="broker")
    pair(clinic, folder)
    assert clinic.site.opens(after.id)
    steps = [event for event in clinic.events() if event.startswith("site.keys")]
    assert steps == ["site.keys_prepared", "site.keys_switched", "site.keys_retired"]


@pytest.mark.parametrize("fault", ["", "down", "gone"])
def test_no_switch_while_a_site_does_not_know_the_new_key(clinic: Clinic, folder: Path, fault: str) -> None:
    """A site that was not paired again, or cannot be asked, would obey nothing any more."""
    before = kid(folder, KeyState.CURRENT)
    prepare_key(clinic.equipment, folder, actor="broker")
    clinic.site.fault = fault
    with pytest.raises(Conflict, match="clinic"):
        switch_key(clinic.equipment, folder, force=False, actor="broker")
    assert kid(folder, KeyState.CURRENT) == before
    switch_key(clinic.equipment, folder, force=True, actor="broker")
    assert kid(folder, KeyState.OLD) == before


def test_a_switch_nobody_wrote_down_keeps_the_old_key(clinic: Clinic, folder: Path) -> None:
    """Files moved by hand: it is not known what the old key signed, so any live grant keeps it."""
    first = kid(folder, KeyState.CURRENT)
    granted(clinic)
    (folder / "lease.key").rename(folder / f"lease.old-{first}.key")
    RenewingSigner(folder, ISSUER)
    clinic.clock.advance(minutes=5)
    with pytest.raises(Conflict):
        retire_key(clinic.equipment, folder, first, force=False, actor="broker")
    retire_key(clinic.equipment, folder, first, force=True, actor="broker")
    assert first not in {key.kid for key in read_ring(folder)}
