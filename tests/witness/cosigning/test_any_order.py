"""Whatever is sent in whatever order, all a witness ever vouched for is one growing ledger."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from broker.clock import SettableClock
from broker.ledger.signing.cosign import WitnessKey
from broker.witness.cosigning.memory import Memory
from broker.witness.cosigning.vouch import Witness
from broker.witness.submission import write_submission
from tests.fakes.growing_log import ORIGIN, GrowingLog, key_of

KEY = WitnessKey("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
LONGEST = 20
SIZES = st.integers(0, LONGEST)
# Which of two histories, which sizes it says, from which history the proof is taken.
SENT = st.tuples(st.booleans(), SIZES, SIZES, st.booleans())


@given(shared=SIZES, sent=st.lists(SENT, max_size=25), again=st.sets(st.integers(0, 25)))
def test_what_was_vouched_for_is_one_history(
    shared: int, sent: list[tuple[bool, int, int, bool]], again: set[int]
) -> None:
    """Two histories that part after some entries, sizes up and down, proofs of the wrong one, restarts in between."""
    common = [f"{number}" for number in range(shared)]
    logs = [GrowingLog([*common, *(f"{name}{n}" for n in range(LONGEST - shared))]) for name in "ab"]
    vouched: list[tuple[int, list[str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(Path(folder))
        memory.trust(key_of().public, ORIGIN)
        clock = SettableClock(datetime(2026, 3, 1, tzinfo=UTC))
        witness = Witness(KEY, memory, clock)
        for number, (which, old, size, proof_of) in enumerate(sent):
            if number in again:
                witness = Witness(KEY, Memory(Path(folder)), clock)
            small, large = min(old, size), max(old, size)
            proof = logs[proof_of].proof(small, large)
            said = witness.add_checkpoint(write_submission(small, proof, logs[which].note(large)))
            if isinstance(said, str):
                vouched.append((large, logs[which].history[:large]))
    sizes = [size for size, _ in vouched]
    assert sizes == sorted(sizes)
    for _, history in vouched:
        assert history == vouched[-1][1][: len(history)]
