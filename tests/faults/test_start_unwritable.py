"""A broker that is started while its database only answers: it starts, because what is due must end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broker.app import build_parts
from broker.chores import chores_of
from broker.cli.serve import bring_up_to_date
from broker.errors import Unavailable
from broker.ledger.entry import Entry
from broker.revocation.sweep import sweep
from broker.settings import Settings


def test_it_starts_behind_a_lock(tmp_path: Path) -> None:
    """Another process holds the lock all through: nothing waits for it but what has to be written."""
    settings = Settings(state_dir=tmp_path)
    bring_up_to_date(settings)
    build_parts(settings).store.engine.dispose()
    with closing(sqlite3.connect(tmp_path / "broker.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        bring_up_to_date(settings)
        parts = build_parts(settings)
        assert sweep(parts.equipment).unrecorded == 0
        assert "sweep" in chores_of(parts)
        with pytest.raises(Unavailable), parts.store.write() as tx:
            parts.ledger.append(tx, Entry("test.happened", "broker"))
        parts.store.engine.dispose()
