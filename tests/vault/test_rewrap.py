"""Keys rotate without touching a recording and without interrupting anybody."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from broker.errors import Unavailable
from broker.ledger.tables import ledger_entries
from broker.vault.objects import find_object, replace_wrapping
from broker.vault.rewrap import Rewrapped, rewrap_all
from broker.vault.tables import vault_objects
from tests.vault.conftest import CONTENT


def _play(shelf, item) -> bytes:
    with shelf.open(item) as opened:
        return b"".join(opened.read_range(0, opened.size))


@pytest.fixture
def item(store, recording):
    with store.read() as reader:
        return find_object(reader, recording.id)


def test_rewrapping_moves_keys_and_rewrites_no_recording(shelf, store, ledger, keys, item, tmp_path):
    """After a rotation every data key is under the new key, the file is untouched, its ETag too."""
    file = tmp_path / "recordings" / f"{item.holding_id}.sealed"
    before = file.read_bytes(), file.stat().st_mtime_ns
    new_id = keys.rotate()
    assert rewrap_all(store, ledger, keys, actor="person_admin") == Rewrapped(moved=(item.holding_id,))
    with store.read() as reader:
        moved = find_object(reader, item.holding_id)
        assert reader.all(ledger_entries.select())[-1].event == "vault.rewrapped"
    assert (moved.wrapped.key_id, moved.etag) == (new_id, item.etag)
    assert before == (file.read_bytes(), file.stat().st_mtime_ns)
    assert _play(shelf, moved) == CONTENT


def test_a_player_that_looked_before_goes_on(shelf, store, ledger, keys, item):
    """A row read before the rotation still opens after it."""
    keys.rotate()
    rewrap_all(store, ledger, keys, actor="person_admin")
    assert _play(shelf, item) == CONTENT


def test_the_old_key_can_be_thrown_away(shelf, store, ledger, keys, item, tmp_path):
    """After rewrapping the retired key opens nothing that is needed."""
    keys.rotate()
    rewrap_all(store, ledger, keys, actor="person_admin")
    (tmp_path / "keys" / f"{item.wrapped.key_id}.key").unlink()
    keys.rotate()
    with store.read() as reader:
        assert _play(shelf, find_object(reader, item.holding_id)) == CONTENT
    with pytest.raises(Unavailable):
        shelf.open(item)


def test_nothing_to_do_writes_nothing(store, ledger, keys, item):
    """Run again, it finds nothing and leaves no entry."""
    with store.read() as reader:
        before = len(reader.all(ledger_entries.select()))
    assert rewrap_all(store, ledger, keys, actor="person_admin") == Rewrapped()
    with store.read() as reader:
        assert len(reader.all(ledger_entries.select())) == before


def test_a_key_that_will_not_open_is_named_and_stops_nothing(shelf, store, ledger, keys, item):
    """A damaged row is reported, and the run ends instead of trying it for ever."""
    with store.write() as tx:
        tx.execute(update(vault_objects).values(wrapped_key=b"damaged"))
    keys.rotate()
    assert rewrap_all(store, ledger, keys, actor="person_admin") == Rewrapped(stuck=(item.holding_id,))


def test_of_two_rewraps_one_wins(store, keys, item):
    """A second run that read the same row changes nothing after the first."""
    keys.rotate()
    first, second = (keys.wrap(b"k" * 32, b"context") for _ in range(2))
    with store.write() as tx:
        assert replace_wrapping(tx, item, first)
        assert not replace_wrapping(tx, item, second)
