"""A witness vouches for what goes on from all it saw, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.clock import SettableClock
from broker.errors import Conflict, Unavailable
from broker.ledger.signing.cosign import WitnessKey, cosign, cosignatures
from broker.ledger.signing.note import sign_note
from broker.witness.cosigning.evidence import MOST_KEPT, kept
from broker.witness.cosigning.judge import Refusal, Why
from broker.witness.cosigning.memory import CHECKPOINT, Memory
from broker.witness.cosigning.vouch import Witness
from broker.witness.submission import write_submission
from tests.fakes.growing_log import ORIGIN, GrowingLog, key_of

KEY = WitnessKey("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))


@pytest.fixture
def witness(tmp_path: Path, clock: SettableClock) -> Witness:
    """A witness that watches one ledger and saw nothing of it yet."""
    memory = Memory(tmp_path / "ledgers")
    memory.folder.mkdir()
    assert memory.trust(key_of().public, ORIGIN)
    return Witness(KEY, memory, clock)


def refused(witness: Witness, body: bytes) -> Refusal:
    said = witness.add_checkpoint(body)
    assert isinstance(said, Refusal)
    return said


def size_seen(witness: Witness) -> int:
    (ledger,) = witness.memory.ledgers()
    return witness.seen(ledger)[0].size


def test_every_step_of_growth_is_vouched_for(witness: Witness) -> None:
    """From any size to any larger or equal one, up to 24 entries: a cosignature that verifies under the note."""
    log, seen = GrowingLog.of(24), 0
    for size in (0, 0, 1, 1, 2, 5, 8, 8, 13, 16, 23, 24):
        line = witness.add_checkpoint(log.body(seen, size))
        assert isinstance(line, str)
        assert [found.key for found in cosignatures(log.note(size) + line, [KEY.public])] == [KEY.public]
        seen = size
        assert size_seen(witness) == seen


def test_a_fork_is_refused_and_kept_as_evidence(witness: Witness) -> None:
    """Another ledger of the same size, signed by the same key, is no ledger to vouch for; both signatures are kept."""
    witness.add_checkpoint(GrowingLog.of(6).body(0, 6))
    other = GrowingLog.of(6, branch="other ")
    assert refused(witness, other.body(6, 6)).why is Why.FORKED
    (ledger,) = witness.memory.ledgers()
    assert kept(ledger.folder, proven=True) == [other.note(6)]
    assert size_seen(witness) == 6


def test_a_rewritten_past_is_refused_however_far_it_went_on(witness: Witness) -> None:
    """A ledger that differs in its first entry, or in its sixth, cannot be proven to go on."""
    log = GrowingLog.of(6)
    witness.add_checkpoint(log.body(0, 6))
    for place in (0, 5):
        rewritten = GrowingLog([*log.history, *"abcdef"])
        rewritten.history[place] = "rewritten"
        assert refused(witness, rewritten.body(6, 12)).why is Why.NOT_PROVEN
    assert size_seen(witness) == 6


def test_a_rollback_is_refused_with_the_size_that_was_seen(witness: Witness) -> None:
    """A ledger set back is told how far it had come; whatever old size it names, it is not vouched for."""
    log = GrowingLog.of(9)
    witness.add_checkpoint(log.body(0, 9))
    for old, size in ((0, 4), (4, 4), (4, 6), (0, 9), (8, 9), (0, 0)):
        refusal = refused(witness, log.body(old, size))
        assert (refusal.why, refusal.seen) == (Why.OTHER_SIZE, 9)
    assert refused(witness, write_submission(9, [], log.note(4))).why is Why.MALFORMED


def test_a_proof_that_is_not_exactly_one_is_refused(witness: Witness) -> None:
    """Cut, lengthened, swapped, of other sizes, or given where none can be."""
    log = GrowingLog.of(12)
    witness.add_checkpoint(log.body(0, 6))
    good = log.proof(6, 11)
    for proof in (good[:-1], [*good, good[0]], good[::-1], log.proof(5, 11), log.proof(6, 12), []):
        assert refused(witness, write_submission(6, proof, log.note(11))).why is Why.NOT_PROVEN
    assert refused(witness, write_submission(6, good, log.note(6))).why is Why.NOT_PROVEN
    assert isinstance(witness.add_checkpoint(write_submission(6, good, log.note(11))), str)


def test_the_first_checkpoint_carries_no_proof(witness: Witness) -> None:
    """From nothing, hashes prove nothing."""
    log = GrowingLog.of(3)
    assert refused(witness, write_submission(0, log.proof(2, 3), log.note(3))).why is Why.NOT_PROVEN


def test_nobody_else_speaks_for_the_ledger(witness: Witness) -> None:
    """An unknown ledger, a stranger's key of the same name, a changed text, another witness's line alone: refused."""
    log, stranger = GrowingLog.of(3), GrowingLog.of(3)
    stranger.key = key_of(seed=8)
    elsewhere = GrowingLog.of(3)
    elsewhere.key = key_of("elsewhere.example/ledger")
    assert refused(witness, stranger.body(0, 3)).why is Why.NOT_SIGNED
    assert refused(witness, elsewhere.body(0, 3)).why is Why.UNKNOWN_LEDGER
    assert refused(witness, log.body(0, 3).replace(b"\n3\n", b"\n4\n")).why is Why.NOT_SIGNED
    alone = f"{log.text(3)}\n{cosign(KEY, log.text(3), witness.clock.now())}"
    assert refused(witness, write_submission(0, [], alone)).why is Why.NOT_SIGNED
    # Signed by the right key, but under another ledger's name.
    as_another = sign_note(log.text(3).replace(ORIGIN, "another.example/ledger"), log.key)
    assert refused(witness, write_submission(0, [], as_another)).why is Why.UNKNOWN_LEDGER
    assert size_seen(witness) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: b"\xff" + body,
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", "old \N{ARABIC-INDIC DIGIT ZERO}".encode()),
        lambda body: body.replace(b"old 0", b"old 9223372036854775808"),
        lambda body: body.replace(b"old 0", b"Old 0"),
        lambda body: body.replace(b"old 0\n", b"old 0\r\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + b"A" * 44 + b"\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + b"AAAA\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + (b"A" * 43 + b"=\n") * 64),
        lambda body: body.replace(b"\n3\n", b"\n03\n"),
        lambda body: body[:-30],
        lambda body: body.split(b"\n\n")[0],
    ],
)
def test_a_malformed_body_is_refused_as_that(witness: Witness, change) -> None:
    """Wrong numbers, signs, hashes, too many of them, cuts: nothing is guessed and nothing remembered."""
    assert refused(witness, change(GrowingLog.of(3).body(0, 3))).why is Why.MALFORMED
    assert size_seen(witness) == 0


def test_lines_of_strangers_are_not_carried_on(witness: Witness) -> None:
    """Signatures of unknown keys are passed over, and the note that is remembered holds none of them."""
    log = GrowingLog.of(3)
    junk = cosign(WitnessKey("junk.example", KEY.private), log.text(3), witness.clock.now())
    assert isinstance(witness.add_checkpoint(write_submission(0, [], log.note(3) + junk)), str)
    (ledger,) = witness.memory.ledgers()
    assert "junk.example" not in (ledger.last or "")


def test_a_clock_set_back_does_not_make_the_newer_ledger_the_older_one(
    witness: Witness, clock: SettableClock
) -> None:
    """The time in cosignatures never goes back, over a restart either."""
    log = GrowingLog.of(4)
    first = witness.add_checkpoint(log.body(0, 2))
    begun_again = Witness(KEY, witness.memory, SettableClock(clock.now().replace(year=2020)))
    second = begun_again.add_checkpoint(log.body(2, 4))
    times = [
        cosignatures(log.note(size) + line, [KEY.public])[0].at for size, line in ((2, first), (4, second))
    ]
    assert times[0] <= times[1]


@pytest.mark.parametrize("damage", ["gone", "cut", "of another", "emptied"])
def test_a_witness_that_lost_its_memory_vouches_for_nothing(witness: Witness, damage: str) -> None:
    """A checkpoint file that is gone, cut, empty or another's is a loss to be told, never a new beginning."""
    log = GrowingLog.of(5)
    witness.add_checkpoint(log.body(0, 5))
    (ledger,) = witness.memory.ledgers()
    file = ledger.folder / CHECKPOINT
    if damage == "gone":
        file.unlink()
    else:
        file.write_text({"cut": log.note(5)[:40], "of another": log.note(4), "emptied": ""}[damage])
    for old in (0, 4, 5):
        with pytest.raises(Unavailable, match="witness"):
            witness.add_checkpoint(log.body(old, 5))


def test_a_ledger_is_known_by_one_key(witness: Witness) -> None:
    """Trusting it again changes nothing and forgets nothing; another key for the same name is refused."""
    witness.add_checkpoint(GrowingLog.of(3).body(0, 3))
    assert witness.memory.trust(key_of().public, ORIGIN) is False
    assert size_seen(witness) == 3
    with pytest.raises(Conflict):
        witness.memory.trust(key_of(seed=8).public, ORIGIN)


def test_refused_checkpoints_do_not_fill_the_disk(witness: Witness) -> None:
    """Whatever a broken ledger sends, only so much of it is kept."""
    witness.add_checkpoint(GrowingLog.of(2).body(0, 2))
    for number in range(MOST_KEPT + 5):
        refused(witness, GrowingLog.of(2, branch=f"{number} ").body(2, 2))
    (ledger,) = witness.memory.ledgers()
    assert len(kept(ledger.folder, proven=True)) == MOST_KEPT
