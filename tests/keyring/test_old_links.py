"""The one link key that earlier versions kept in a file goes into the ring."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broker.credentials.links.link_token import LinkClaims, LinkSigner
from broker.errors import Unavailable
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.store import Store
from tests.keyring.conftest import Ringing
from tests.keyring.events import events

KEY = bytes(range(32))
CLAIMS = LinkClaims("link_1", "grant_1", "person_1", "rec_1", 1_900_000_000)


@pytest.fixture
def old_links(tmp_path: Path) -> Path:
    """As the version before left it."""
    path = tmp_path / "links.key"
    path.touch(0o600)
    path.write_bytes(KEY)
    return path


def test_open_links_survive_the_upgrade(old_links: Path, another: Ringing) -> None:
    """A link signed by the file's key is read after it; the file, a secret in clear, is gone."""
    text = LinkSigner([KEY]).sign(CLAIMS)
    ring = another()
    assert LinkSigner(ring.link_secrets()).read(text) == CLAIMS
    assert ring.link_secrets()[-1] == KEY
    assert not old_links.exists()


def test_killed_before_it_was_written_down(
    old_links: Path, another: Ringing, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    """The file is removed only after its key is in the ring: started again, it is taken over all the same."""
    ring = another()
    monkeypatch.setattr(type(ring.workshop.ledger), "append", _killed)
    with pytest.raises(KeyboardInterrupt):
        ring.ready()
    monkeypatch.undo()
    assert old_links.exists()
    assert events(store) == []
    assert another().link_secrets()[-1] == KEY


def test_killed_before_the_file_was_removed(ring: KeyRing, another: Ringing, old_links: Path) -> None:
    """A file that stands beside a ring is removed at the next start and signs nothing again."""
    again = another()
    again.ready()
    assert KEY not in again.link_secrets()
    assert not old_links.exists()


def test_a_key_file_that_others_could_read_is_not_taken_over(old_links: Path, another: Ringing) -> None:
    """It may have leaked: the broker says so and signs no link by it."""
    old_links.chmod(0o644)
    with pytest.raises(Unavailable):
        another().link_secrets()
    os.chmod(old_links, 0o600)  # noqa: PTH101


def test_links_of_a_withdrawn_key_open_nothing(ring: KeyRing, another: Ringing) -> None:
    """A signature by a key that was withdrawn is as good as none, in every process."""
    from broker.keyring.rotate import rotate_now

    text = LinkSigner(ring.link_secrets()).sign(CLAIMS)
    other = another()
    assert LinkSigner(other.link_secrets()).read(text) == CLAIMS
    current = ring.refresh().one(KeyUse.LINKS, KeyState.CURRENT)
    assert current is not None
    rotate_now(ring, KeyUse.LINKS, frozenset({current.kid}), actor="command-line")
    assert LinkSigner(other.link_secrets()).read(text) is None


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
