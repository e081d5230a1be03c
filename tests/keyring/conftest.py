"""A ring on a real database, its key-encryption key in a real folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from broker.key_encryption.key_folder import KeyFolder
from broker.key_encryption.wrapping import KeyEncryptionKey
from broker.keyring.ring import KeyRing
from broker.keyring.workshop import RingRules
from broker.ledger.chain import Ledger
from broker.store import Store

PERIOD = timedelta(days=30)
SECRET = b"s" * 32

Ringing = Callable[..., KeyRing]


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder.open_or_create(tmp_path / "kek")


@pytest.fixture
def another(store: Store, folder: KeyFolder, tmp_path: Path) -> Ringing:
    """Another process of the same broker: a ring with a memory of its own."""

    def open_ring(
        keys: KeyEncryptionKey = folder,
        alg: str = "ES256",
        period: timedelta = PERIOD,
        secret: bytes = SECRET,
    ) -> KeyRing:
        return KeyRing(store, Ledger(), keys, secret, RingRules(alg, period, tmp_path / "links.key"))

    return open_ring


@pytest.fixture
def ring(another: Ringing) -> KeyRing:
    opened = another()
    opened.ready()
    return opened
