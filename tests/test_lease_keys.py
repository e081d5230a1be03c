"""The key that leases are signed by is changed without a moment in which none can sign."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broker.adapters.jws import DocumentRefused
from broker.adapters.pairing import pairing_text, read_pairing
from broker.adapters.verify import verify_call
from broker.clock import SettableClock
from broker.errors import Conflict, NotFound
from broker.lease_keys import CURRENT, NEXT, KeyState, RenewingSigner, prepare, read_ring, retire, switch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    RenewingSigner(tmp_path, "broker")
    return tmp_path


def states(folder: Path) -> list[KeyState]:
    return [key.state for key in read_ring(folder)]


def kid(folder: Path, state: KeyState) -> str:
    return next(key.kid for key in read_ring(folder) if key.state is state)


def test_a_key_goes_from_next_to_current_to_old_to_nothing(folder: Path) -> None:
    """Each step changes one thing, and every key is told to sites until it is retired."""
    first = kid(folder, KeyState.CURRENT)
    second = prepare(folder).kid
    assert prepare(folder).kid == second
    assert states(folder) == [KeyState.CURRENT, KeyState.NEXT]
    assert switch(folder).kid == second
    assert (kid(folder, KeyState.CURRENT), kid(folder, KeyState.OLD)) == (second, first)
    retire(folder, first)
    assert states(folder) == [KeyState.CURRENT]
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_nothing_is_switched_to_that_was_not_prepared(folder: Path) -> None:
    """The key in use stays."""
    with pytest.raises(Conflict):
        switch(folder)
    assert states(folder) == [KeyState.CURRENT]


@pytest.mark.parametrize("which", ["current", "next", "made up"])
def test_only_old_keys_are_retired(folder: Path, which: str) -> None:
    """A key in use, or about to be, cannot be lost by a wrong word."""
    prepare(folder)
    name = "x" * 43 if which == "made up" else kid(folder, KeyState(which))
    with pytest.raises(NotFound):
        retire(folder, name)
    assert len(read_ring(folder)) == 2


def test_a_switch_that_was_cut_short_is_finished_by_doing_it_again(folder: Path) -> None:
    """Killed after the old key got its second name: nothing is lost, and no key stands twice."""
    first, second = kid(folder, KeyState.CURRENT), prepare(folder).kid
    os.link(folder / CURRENT, folder / f"lease.old-{first}.key")
    assert states(folder) == [KeyState.CURRENT, KeyState.NEXT]
    assert switch(folder).kid == second
    assert {key.kid for key in read_ring(folder)} == {first, second}
    assert not (folder / NEXT).exists()


def test_a_running_broker_signs_by_the_new_key(folder: Path, clock: SettableClock) -> None:
    """Another process switched: from its next look on, what it signs is by the new key."""
    signer = RenewingSigner(folder, "broker")
    assert not signer.renew()
    prepare(folder)
    new = switch(folder)
    assert signer.renew()
    pairing = read_pairing(pairing_text("clinic", "broker", [new.public_jwk]))
    call = signer.sign_call("clinic", "/r", b"", clock.wall(), "n1", 0)
    assert verify_call(call, pairing, "/r", b"", clock.wall()).nonce == "n1"
    assert signer.kid == new.kid


def test_both_keys_are_accepted_in_between(folder: Path, clock: SettableClock) -> None:
    """A site that was paired with the whole ring obeys before and after; one that was not, does not."""
    signer = RenewingSigner(folder, "broker")
    before = read_pairing(pairing_text("clinic", "broker", [signer.public_jwk]))
    prepare(folder)
    both = read_pairing(pairing_text("clinic", "broker", [key.public_jwk for key in read_ring(folder)]))
    for _ in range(2):
        call = signer.sign_call("clinic", "/r", b"", clock.wall(), "n1", 0)
        assert verify_call(call, both, "/r", b"", clock.wall())
        if (folder / NEXT).exists():
            switch(folder)
            signer.renew()
    with pytest.raises(DocumentRefused):
        verify_call(call, before, "/r", b"", clock.wall())
