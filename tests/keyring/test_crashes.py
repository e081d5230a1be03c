"""Killed at any point, or with its key service gone, the ring is whole when somebody looks again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.key_encryption.key_folder import KeyFolder
from broker.key_encryption.wrapping import WrappedKey
from broker.keyring.examine import examine_ring
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.keyring.rotate import rotate, rotate_now, withdraw
from broker.keyring.workshop import RingRules
from broker.ledger.chain import Ledger
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.faults.fuse import Fuse, FusedStore, Killed
from tests.keyring.conftest import PERIOD, SECRET, Ringing
from tests.keyring.test_ring import kids


class FusedKeys(KeyFolder):
    """Passes a point before and after a secret is wrapped."""

    fuse: Fuse

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        self.fuse.point()
        wrapped = super().wrap(secret, context)
        self.fuse.point()
        return wrapped


def process(folder: Path, clock: SettableClock, fuse: Fuse) -> KeyRing:
    keys = FusedKeys(folder / "kek")
    keys.fuse = fuse
    store = FusedStore(f"sqlite:///{folder / 'keys.db'}", clock, fuse)
    return KeyRing(store, Ledger(), keys, SECRET, RingRules("ES256", PERIOD, folder / "links.key"))


def life(ring: KeyRing, clock: SettableClock) -> None:
    """A first start, a rotation on command, one on schedule, and a leak."""
    ring.ready()
    rotate(ring, KeyUse.TOKENS, actor="command-line")
    clock.advance(days=31)
    ring.ready()
    rotate_now(ring, KeyUse.TOKENS, frozenset({str(ring.current().kid)}), actor="command-line")


def test_killed_at_every_point(tmp_path: Path, clock: SettableClock) -> None:
    """Whatever was under way, the next start has one key that signs, one prepared, and published what it signs by."""
    survived, point = False, 0
    while not survived:
        point += 1
        folder = tmp_path / str(point)
        KeyFolder.open_or_create(folder / "kek")
        engine = open_engine(f"sqlite:///{folder / 'keys.db'}")
        metadata.create_all(engine)
        engine.dispose()
        try:
            life(process(folder, clock, Fuse(point)), clock)
            survived = True
        except Killed:
            pass
        again = process(folder, clock, Fuse())
        again.ready()
        assert again.current().kid in kids(again), point
        for use in KeyUse:
            states = [key.state for key in again.refresh().keys if key.use is use]
            assert (states.count(KeyState.CURRENT), states.count(KeyState.NEXT)) == (1, 1), point
        assert all(finding.good for finding in examine_ring(again)), point
    assert point > 20


def gone(folder: Path) -> None:
    for file in (folder / "kek").iterdir():
        file.unlink()


def test_without_its_key_service_the_broker_checks_and_does_not_sign(
    ring: KeyRing, another: Ringing, folder: KeyFolder, tmp_path: Path, store: Store, clock: SettableClock
) -> None:
    """A process that opened its keys before goes on; one that starts then publishes and checks, and signs when it is back."""
    kept = (tmp_path / "kek" / "kek-0001.key").read_bytes()
    gone(tmp_path)
    started = another(KeyFolder(tmp_path / "kek"))
    started.ready()
    assert kids(started) == kids(ring)
    assert ring.current().is_private
    assert ring.link_secrets()
    for sign in (started.current, started.link_secrets):
        with pytest.raises(Unavailable, match="cannot be used now") as refused:
            sign()
        assert "Access that is due to end still ends" in refused.value.help
    assert not all(finding.good for finding in examine_ring(started))
    back = tmp_path / "kek" / "kek-0001.key"
    back.touch(0o600)
    back.write_bytes(kept)
    clock.advance(seconds=15)
    started.ready()
    assert started.current().kid == ring.current().kid


def test_a_silent_key_service_is_not_asked_at_every_look(
    ring: KeyRing, another: Ringing, folder: KeyFolder, clock: SettableClock
) -> None:
    """A service that does not answer costs its time-out once in a while, not at each request."""
    asked: list[WrappedKey] = []

    class Silent(KeyFolder):
        def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
            asked.append(wrapped)
            raise Unavailable("It does not answer.")

    silent = another(Silent(folder._folder))
    for _ in range(20):
        silent.ready()
    assert len(asked) == 1
    clock.advance(seconds=15)
    silent.ready()
    assert len(asked) == 2


def test_a_silent_key_service_is_not_waited_for_to_make_keys(
    another: Ringing, folder: KeyFolder, clock: SettableClock
) -> None:
    """With no key yet, making one is tried once in a while too, and works as soon as the service is back."""
    asked: list[bytes] = []

    class Silent(KeyFolder):
        def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
            asked.append(context)
            if len(asked) < 3:
                raise Unavailable("It does not answer.")
            return super().wrap(secret, context)

    ring = another(Silent(folder._folder))
    for _ in range(20):
        ring.ready()
    assert len(asked) == 1
    for _ in range(2):
        clock.advance(seconds=15)
        ring.ready()
    assert ring.current().is_private


def test_a_key_can_be_withdrawn_without_the_key_service(
    ring: KeyRing, another: Ringing, tmp_path: Path
) -> None:
    """Taking trust away needs nothing that may be down; the prepared key is named to follow, and signs when it can be opened."""
    first = str(ring.current().kid)
    gone(tmp_path)
    started = another(KeyFolder(tmp_path / "kek"))
    withdraw(started, first, force=True, actor="command-line")
    ring.ready()
    assert first not in kids(started) | kids(ring)
    assert ring.current().kid != first


def test_rotation_is_due_while_the_key_service_is_down(
    ring: KeyRing, tmp_path: Path, clock: SettableClock
) -> None:
    """The prepared key, opened before, begins all the same; a new one is made when the service is back."""
    first = ring.current().kid
    gone(tmp_path)
    clock.advance(seconds=(PERIOD + timedelta(seconds=1)).total_seconds())
    ring.ready()
    assert ring.current().kid != first
    assert ring.refresh().one(KeyUse.TOKENS, KeyState.NEXT) is None
