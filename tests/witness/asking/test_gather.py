"""The broker brings its checkpoints to its witnesses and keeps what they sign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.ledger.check_database import check_database
from broker.ledger.signing.cosign import WitnessKey, cosign, cosignatures
from broker.witness.asking.gather import AGAIN_AFTER, gather
from broker.witness.asking.named import Named
from broker.witness.asking.standing import Standing
from tests.witness.answering import answering
from tests.witness.conftest import House
from tests.witness.running import Running, running


def ring(house: House) -> Standing:
    house.keeper.keep(house.store)
    ((_, standing),) = gather(house.watch.witnesses, house.store, house.keeper)
    return standing


def vouched(house: House) -> int:
    """Of how many entries the last note in the file is, that the witness signed as well."""
    last = house.keeper.last()
    assert last
    return last[1].size if cosignatures(last[0], [house.named[0].key]) else 0


def test_each_checkpoint_gets_its_cosignature(house: House) -> None:
    """The note in the file carries it, the ledger verifies with it, and the standing says how far and when."""
    for size in (1, 2, 7, 8, 300):
        house.grow(size - (house.keeper.last() or ("", Standing()))[1].size)
        standing = ring(house)
        assert (standing.size, standing.fault, standing.contradiction) == (size, "", None)
        assert vouched(house) == size
    assert check_database(house.store, house.keeper.path, house.key.public).ok


def test_nothing_is_asked_again_for_nothing(house: House, clock: SettableClock) -> None:
    """A quiet ledger is vouched for once, and again after ten minutes; the file grows by nothing then."""
    house.grow(3)
    first = ring(house)
    written = house.keeper.path.read_bytes()
    assert ring(house) == first
    clock.advance(seconds=AGAIN_AFTER.total_seconds() + 1)
    assert ring(house).asked_at == clock.now()
    assert house.keeper.path.read_bytes() == written


def test_a_witness_that_was_away_catches_up(house: House, tmp_path: Path) -> None:
    """While it is away the ledger goes on and that is said; back again it vouches for the newest checkpoint."""
    with running(tmp_path / "other", house.key.public.vkey) as other:
        away = replace(house, named=(Named(other.key, other.url),))
        away.grow(2)
        assert ring(away).size == 2
    away.grow(5)
    standing = ring(away)
    assert standing.fault == "It cannot be reached."
    assert standing.size == 2
    away.grow(3)
    with running(tmp_path / "other", house.key.public.vkey) as other:
        back = replace(house, named=(Named(other.key, other.url),))
        assert ring(back).size == 10
    assert vouched(back) == 10


def test_a_forgotten_standing_is_asked_for(house: House) -> None:
    """Without its own small file the broker learns from the witness how far that saw."""
    house.grow(4)
    ring(house)
    (house.folder / "witnesses.json").write_text("{ torn")
    house.grow(4)
    assert ring(house).size == 8


def test_a_witness_that_watches_somebody_else_is_told_of(house: House) -> None:
    """It does not know the ledger, or by another key: the fault says what to do there."""
    stranger = replace(house.key, name="nobody.example/ledger")
    unknown = replace(house, key=stranger)
    unknown.grow(1)
    assert "broker witness trust" in ring(unknown).fault


def test_a_rewritten_ledger_is_proven_by_our_own_signature(house: House) -> None:
    """With the broker's own checkpoints replaced too, the witness shows the one that was signed: that is proof."""
    house.grow(6)
    ring(house)
    house.rewrite(3)
    house.sign_anew(6)
    ((_, standing),) = gather(house.watch.witnesses, house.store, house.keeper, everybody=True)
    assert standing.contradiction
    assert standing.contradiction.proven
    assert "rewritten" in standing.contradiction.words
    assert vouched(house) == 0


def test_a_database_set_back_is_proven_likewise(house: House) -> None:
    """The witness saw eight entries, signed by our key; the database has five."""
    house.grow(8)
    ring(house)
    house.set_back(5)
    house.sign_anew(5)
    ((_, standing),) = gather(house.watch.witnesses, house.store, house.keeper, everybody=True)
    assert standing.contradiction
    assert standing.contradiction.proven
    assert standing.contradiction.size == 8
    assert "8 entries" in standing.contradiction.words
    assert "has 5" in standing.contradiction.words


@pytest.mark.parametrize(
    ("status", "kind", "body", "fault"),
    [
        (200, "text/plain", "", "not its signature"),
        (200, "text/plain", "nonsense\n", "not its signature"),
        (200, "text/plain", "\N{EM DASH} w AAAA\n", "not its signature"),
        (200, "text/plain", "x" * 70_000, "could be read"),
        (200, "text/plain", b"\xff\xfe", "could be read"),
        (302, "text/plain", "", "answered 302"),
        (404, "text/plain", "", "does not know"),
        (403, "text/plain", "", "another key"),
        (500, "text/plain", "", "answered 500"),
        (503, "text/plain", "", "answered 503"),
    ],
)
def test_what_a_witness_says_is_not_believed_unsigned(
    house: House, status: int, kind: str, body: str | bytes, fault: str
) -> None:
    """Whatever answers at its address: without a signature that verifies it has not vouched, and that is all."""
    house.grow(3)
    with answering(lambda _path, _body: (status, kind, body)) as url:
        standing = ring(replace(house, named=(Named(house.named[0].key, url),)))
    assert fault in standing.fault
    assert (standing.size, standing.contradiction) == (0, None)


def test_another_witness_does_not_sign_for_it(house: House) -> None:
    """A true cosignature of another key under the same name is none of the witness that was named."""
    house.grow(3)
    impostor = WitnessKey(house.named[0].key.name, house.key.private)

    def vouch(_path: str, body: bytes) -> tuple[int, str, str]:
        note = body.decode().partition("\n\n")[2]
        return 200, "text/plain", cosign(impostor, note.rpartition("\n\n")[0] + "\n", house.store.clock.now())

    with answering(vouch) as url:
        assert "not its signature" in ring(replace(house, named=(Named(house.named[0].key, url),))).fault


@pytest.mark.parametrize("claim", ["5000000\n", "3\n", "-1\n", "03\n", "9" * 30 + "\n", ""])
def test_a_claim_without_proof_is_told_as_that(house: House, claim: str) -> None:
    """A witness that only says it saw more, or another ledger, proves nothing by that."""
    house.grow(3)
    with answering(lambda _path, _body: (409, "text/x.tlog.size", claim)) as url:
        standing = ring(replace(house, named=(Named(house.named[0].key, url),)))
    assert standing.size == 0
    assert standing.contradiction is None or not standing.contradiction.proven


def test_a_witness_that_shows_an_old_checkpoint_proves_nothing(house: House) -> None:
    """Our own earlier signature fits our ledger, so who refuses with that in hand is at fault itself."""
    house.grow(2)
    house.keeper.keep(house.store)
    old = house.keeper.last()
    assert old
    house.grow(2)

    def refuse(path: str, _body: bytes) -> tuple[int, str, str]:
        return (422, "text/plain", "no") if path == "/add-checkpoint" else (200, "text/plain", old[0])

    with answering(refuse) as url:
        standing = ring(replace(house, named=(Named(house.named[0].key, url),)))
    assert standing.contradiction is None
    assert "refuses" in standing.fault


def test_one_silent_witness_keeps_no_other_from_vouching(house: House, witness: Running) -> None:
    """Each is asked by itself; the note carries the signatures there are."""
    house.grow(3)
    with answering(lambda _path, _body: (500, "text/plain", "")) as url:
        absent = Named(replace(house.named[0].key, name="absent.example/w"), url)
        both = replace(house, named=(absent, *house.named))
        both.keeper.keep(both.store)
        known = dict(gather(both.watch.witnesses, both.store, both.keeper))
    assert known[absent].fault
    assert known[house.named[0]].well
    assert vouched(house) == 3
