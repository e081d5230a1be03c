"""A whole broker whose key service does not answer: access ends as ever, nothing new is signed, and it says why."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.access.activate import activate
from broker.access.grant import GrantState, get_grant, grant_is_effective
from broker.access.hand_back import hand_back
from broker.app import build_parts, open_store
from broker.chores import chores_of
from broker.clock import SettableClock
from broker.credentials.links.hand_out import hand_out, holdings_in
from broker.errors import Unavailable
from broker.keyring.examine import examine_ring
from broker.keyring.ring import KeyRing
from broker.revocation.sweep import sweep
from broker.settings import Settings
from broker.store.schema import upgrade
from broker.web.parts import Parts
from tests.fakes.clinic import POLICIES, Clinic


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def parts(tmp_path: Path, clock: SettableClock, nobody: str) -> Iterator[Parts]:
    """Started while the engine is down, with no key in the database yet."""
    settings = Settings(
        state_dir=tmp_path / "var",
        policies_path=POLICIES,
        key_encryption="transit",
        transit_url=nobody,
        transit_token="x",  # type: ignore[arg-type]  # as from a variable
    )
    store = open_store(settings, clock)
    upgrade(store.engine)
    store.engine.dispose()
    built = build_parts(settings, clock)
    yield built
    built.store.engine.dispose()


@pytest.fixture
def clinic(parts: Parts, clock: SettableClock) -> Clinic:
    return Clinic(parts.store, clock)


def granted(parts: Parts, clinic: Clinic) -> str:
    grant = clinic.approve(clinic.ask().request.id).grant
    assert grant is not None
    activate(parts.equipment, grant.id)
    return grant.id


def is_live(parts: Parts, grant_id: str) -> bool:
    with parts.store.read() as reader:
        return grant_is_effective(reader, grant_id, reader.at)


def test_access_is_handed_back(parts: Parts, clinic: Clinic) -> None:
    """The holder ends their access, and it is over."""
    grant_id = granted(parts, clinic)
    assert is_live(parts, grant_id)
    hand_back(parts.equipment, clinic.clinician.person, grant_id)
    assert not is_live(parts, grant_id)


def test_access_expires_and_is_swept(parts: Parts, clinic: Clinic, clock: SettableClock) -> None:
    """At its end it is over, and the sweep says so in the ledger."""
    grant_id = granted(parts, clinic)
    clock.advance(minutes=15)
    assert not is_live(parts, grant_id)
    assert sweep(parts.equipment).expired == 1
    with parts.store.read() as reader:
        assert get_grant(reader, grant_id).state is GrantState.REVOKED


def test_no_chore_fails_for_it(parts: Parts) -> None:
    """Whatever the scheduler rings runs to its end; what needs the keys goes without."""
    for chore, _ in chores_of(parts).values():
        chore()


def test_nothing_is_signed_and_the_reason_is_told(parts: Parts, clinic: Clinic) -> None:
    """A token and a link are refused in a sentence; nothing published is nobody's key; the doctor says it too."""
    grant_id = granted(parts, clinic)
    ring = parts.signing_keys
    ring.ready()
    assert isinstance(ring, KeyRing)
    with pytest.raises(Unavailable, match="signs tokens"):
        ring.current()
    with parts.store.read() as reader:
        holding = holdings_in(get_grant(reader, grant_id))[0]
    with pytest.raises(Unavailable, match="signs links"):
        hand_out(parts.store, parts.ledger, parts.link_signer, clinic.clinician.person, grant_id, holding)
    assert ring.published().keys == []
    assert not all(finding.good for finding in examine_ring(ring))
