"""One table of moves, and no way around it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from broker.errors import IllegalMove
from broker.keyring.make import link_key, sealed
from broker.keyring.ring_key import DESTROYED, KeyState

ALLOWED = {
    (KeyState.NEXT, KeyState.CURRENT),
    (KeyState.NEXT, KeyState.WITHDRAWN),
    (KeyState.CURRENT, KeyState.OLD),
    (KeyState.CURRENT, KeyState.WITHDRAWN),
    (KeyState.OLD, KeyState.WITHDRAWN),
}


@pytest.mark.parametrize(("before", "after"), list(product(KeyState, KeyState)))
def test_every_pair_of_states_is_decided(folder, clock, before, after):
    """A key moves the ways its life goes and no other; withdrawn, its secret is gone with it."""
    key = replace(sealed(link_key(), folder, KeyState.NEXT, clock.now(), clock.now()), state=before)
    if (before, after) not in ALLOWED:
        with pytest.raises(IllegalMove):
            key.moved(after)
        return
    moved = key.moved(after)
    assert moved.state is after
    assert (moved.wrapped == DESTROYED) is (after is KeyState.WITHDRAWN)
