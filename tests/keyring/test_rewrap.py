"""The ring follows its key-encryption key, and no key is lost on the way."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from broker.key_encryption.key_folder import KeyFolder
from broker.keyring.rewrap import rewrap_ring
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyUse
from broker.keyring.rotate import rotate_now
from broker.keyring.tables import token_keys
from broker.store import Store
from tests.keyring.conftest import Ringing
from tests.keyring.events import entries
from tests.keyring.test_ring import kids

ME = "command-line"


def test_every_key_is_wrapped_anew_and_signs_as_before(
    ring: KeyRing, another: Ringing, folder: KeyFolder, tmp_path: Path
) -> None:
    """After it the old key-encryption key can be thrown away; signing keys, links and published keys are the same."""
    rotate_now(ring, KeyUse.TOKENS, frozenset(), actor=ME)
    before = (ring.current().kid, kids(ring), list(ring.link_secrets()))
    folder.rotate()
    done = rewrap_ring(ring, actor=ME)
    assert (len(done.moved), done.stuck) == (5, ())
    (tmp_path / "kek" / "kek-0001.key").unlink()
    fresh = another(KeyFolder(tmp_path / "kek"))
    assert (fresh.current().kid, kids(fresh), list(fresh.link_secrets())) == before


def test_run_again_it_does_nothing(ring: KeyRing, folder: KeyFolder, store: Store) -> None:
    """And writes nothing either."""
    folder.rotate()
    rewrap_ring(ring, actor=ME)
    before = entries(store)
    assert rewrap_ring(ring, actor=ME).moved == ()
    assert entries(store) == before


def test_a_key_that_does_not_open_is_named_and_stops_no_other(
    ring: KeyRing, folder: KeyFolder, store: Store
) -> None:
    """Damaged, it stays as it is, and the ledger names it."""
    damaged = str(ring.current().kid)
    with store.write() as tx:
        tx.execute(update(token_keys).where(token_keys.c.kid == damaged).values(wrapped=b"damaged"))
    folder.rotate()
    done = rewrap_ring(ring, actor=ME)
    assert (len(done.moved), done.stuck) == (3, (damaged,))
    assert entries(store)[-1].facts["stuck"] == [damaged]
