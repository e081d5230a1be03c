"""The broker runs on the database that was signed and seen, and on no other."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.errors import Conflict, Invalid, Unavailable
from broker.ledger.check_database import check_database
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.read import entries_of_event, latest
from broker.ledger.signing.cosign import cosignatures
from broker.ledger.signing.former import former_keys
from broker.ledger.signing.key_file import write_secret_line
from broker.ledger.signing.keys import load, load_public
from broker.witness.asking.named import Named
from broker.witness.cosigning.memory import Memory
from broker.witness.resume import RESUMED, Resumed, resume
from broker.witness.serving_lock import nobody_serves, serves
from broker.witness.start import LedgerMismatch, mismatches, refuse_mismatch
from tests.witness.answering import answering
from tests.witness.conftest import House


def seen(house: House, size: int) -> House:
    """The ledger grew to ``size``, was signed and was vouched for."""
    house.grow(size)
    house.watch.ring()
    return house


def test_what_fits_starts(house: House) -> None:
    """An empty ledger, one that was signed, one that grew since: nothing is found and nothing barred."""
    refuse_mismatch(house.watch)
    seen(house, 5)
    refuse_mismatch(house.watch)
    house.grow(4)
    refuse_mismatch(house.watch)
    house.watch.guard.check()


@pytest.mark.parametrize("size", [4, 0])
def test_a_database_set_back_is_refused_by_the_own_checkpoint(house: House, size: int) -> None:
    """Whose database ends before its checkpoint, lost its end; without any witness too."""
    seen(house, 6)
    house.set_back(size)
    with pytest.raises(LedgerMismatch, match="cut off") as refused:
        refuse_mismatch(replace(house, named=()).watch)
    assert "broker audit resume" in refused.value.help


def test_a_rewritten_past_is_refused_by_the_own_checkpoint(house: House) -> None:
    """An entry below the checkpoint was changed."""
    seen(house, 6)
    house.rewrite(2)
    with pytest.raises(LedgerMismatch, match="rewritten"):
        refuse_mismatch(replace(house, named=()).watch)


def test_a_restored_backup_with_its_checkpoints_is_refused_by_the_witness(house: House) -> None:
    """Database and folder fit each other, and are old: only who stands outside knows, and shows our own signature."""
    seen(house, 9)
    house.set_back(4)
    house.sign_anew(4)
    with pytest.raises(LedgerMismatch, match=r"proves otherwise.*9 entries.*has 4"):
        refuse_mismatch(house.watch)


def test_the_witness_knows_although_all_checkpoints_are_gone(house: House) -> None:
    """Without any checkpoint at hand one is made to ask with."""
    seen(house, 9)
    house.set_back(4)
    house.keeper.path.unlink()
    assert "9 entries" in mismatches(house.watch)[0]


def test_another_database_under_the_same_key_is_refused(house: House) -> None:
    """As large as the one that was seen, and another."""
    seen(house, 5)
    house.rewrite(4)
    house.sign_anew(5)
    with pytest.raises(LedgerMismatch, match="rewritten, or is not the same database"):
        refuse_mismatch(house.watch)


def test_a_witness_that_is_away_stops_nobody(house: House) -> None:
    """A nurse must get in: an unreachable witness is told of and the broker starts."""
    seen(house, 5)
    away = replace(house, named=(Named(house.named[0].key, "http://127.0.0.1:9"),))
    refuse_mismatch(away.watch)
    ((_, standing),) = away.watch.witnesses.standings()
    assert standing.fault == "It cannot be reached."


def test_what_a_witness_proved_is_not_forgotten_when_it_goes_away(house: House) -> None:
    """Cutting the line to the witness after it objected does not make the broker start."""
    seen(house, 9)
    house.set_back(4)
    house.sign_anew(4)
    assert mismatches(house.watch)
    away = replace(house, named=(Named(house.named[0].key, "http://127.0.0.1:9"),))
    with pytest.raises(LedgerMismatch):
        refuse_mismatch(away.watch)


def test_a_claim_without_proof_refuses_the_start_and_bars_nothing_that_runs(house: House) -> None:
    """At the start it is cheap to ask a person; while it runs, a witness's mere word takes no nurse's access."""
    house.grow(3)
    with answering(lambda _path, _body: (409, "text/x.tlog.size", "50\n")) as url:
        lied_to = replace(house, named=(Named(house.named[0].key, url),))
        with pytest.raises(LedgerMismatch, match="says otherwise"):
            refuse_mismatch(lied_to.watch)
        lied_to.watch.ring()
    lied_to.watch.guard.check()
    with house.store.read() as reader:
        told = entries_of_event(reader, "ledger.contradicted")
    assert len(told) <= 1


def test_a_rewrite_while_it_runs_bars_granting_and_is_told_once(house: House) -> None:
    """At the next checkpoint: no signature, no cosignature, no grant; one entry says why, however often it is rung."""
    seen(house, 6)
    house.rewrite(4)
    signed = house.keeper.path.read_bytes()
    for _ in range(3):
        with pytest.raises(LedgerBroken):
            house.watch.ring()
    with pytest.raises(Unavailable, match="Nothing can be granted"):
        house.watch.guard.check()
    assert house.keeper.path.read_bytes() == signed
    with house.store.read() as reader:
        assert len(entries_of_event(reader, "ledger.contradicted")) == 1


def test_a_proof_from_a_witness_bars_granting_while_it_runs(house: House) -> None:
    """Another copy of the broker went on elsewhere under the same key: both cannot be true."""
    seen(house, 6)
    house.set_back(3)
    house.sign_anew(3)
    house.watch.ring()
    with pytest.raises(Unavailable):
        house.watch.guard.check()
    house.watch.ring()
    with house.store.read() as reader:
        (told,) = entries_of_event(reader, "ledger.contradicted")
    assert told.entry.facts["by"] == house.named[0].key.name


def test_a_fork_that_grew_past_what_was_seen_is_proven_as_well(house: House, clock: SettableClock) -> None:
    """A restored copy that ran on while the witness was away is found when it is back, however far it came."""
    seen(house, 6)
    house.set_back(3)
    house.sign_anew(3)
    away = replace(house, named=(Named(house.named[0].key, "http://127.0.0.1:9"),))
    clock.advance(seconds=1)  # in the same instant the very same entries would be written
    away.grow(8)
    away.watch.ring()
    away.watch.guard.check()
    house.watch.ring()
    with pytest.raises(Unavailable):
        house.watch.guard.check()
    ((_, standing),) = house.watch.witnesses.standings()
    assert standing.contradiction
    assert standing.contradiction.proven
    assert standing.contradiction.size == 6


def test_granting_goes_on_when_the_right_database_is_back(house: House) -> None:
    """The bar is lifted by what lifts the doubt, and by nothing else."""
    seen(house, 6)
    house.watch.bar("seen otherwise", by="a test")
    with pytest.raises(Unavailable):
        house.watch.guard.check()
    house.watch.ring()
    house.watch.guard.check()


def test_a_bar_that_cannot_be_read_bars(house: House) -> None:
    """Fail closed."""
    house.watch.guard.path.write_text("{")
    with pytest.raises(Unavailable):
        house.watch.guard.check()


@pytest.mark.parametrize("fits", [True, False])
def test_a_folder_that_cannot_be_written_keeps_no_broker_from_ending_access(house: House, fits: bool) -> None:
    """As on a full disk: what fits starts and rings, what does not is refused with the same words."""
    seen(house, 5)
    for name in ("witnesses.json", "ledger-mismatch.json"):
        (house.folder / name).unlink(missing_ok=True)
        (house.folder / f"{name}.new").mkdir()
    (house.folder / "serving.lock").mkdir()
    assert serves(house.folder) is None
    if fits:
        refuse_mismatch(house.watch)
        house.watch.ring()
        return
    house.rewrite(2)
    with pytest.raises(LedgerMismatch, match="rewritten"):
        refuse_mismatch(house.watch)
    with pytest.raises(LedgerBroken):
        house.watch.ring()


def keys_of(house: House, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    write_secret_line(folder / "ledger.key", house.key.secret_text, "ledger key")
    (folder / "ledger.pub").write_text(house.key.public.vkey + "\n")
    return folder


def restored(house: House) -> None:
    """A backup after four entries, of a ledger that was seen with nine."""
    seen(house, 4)
    early = house.keeper.path.read_bytes()
    seen(house, 5)
    house.set_back(4)
    house.keeper.path.write_bytes(early)


def go_on(house: House, keys: Path, reason: str = "restored last night's backup") -> Resumed:
    return resume(house.watch, keys, reason, actor="console")


def test_after_an_honest_restore_the_ledger_goes_on_under_a_new_name(
    house: House, tmp_path: Path, memory: Memory
) -> None:
    """A new key and name, an entry that says from what it goes on and what was seen, and the witness vouches again."""
    keys = keys_of(house, tmp_path / "keys")
    restored(house)
    done = go_on(house, keys)
    assert done.size == 4
    assert load(keys / "ledger.key").public == done.key.public == load_public(keys / "ledger.pub")
    assert former_keys(keys) == (house.key.public,)
    with house.store.read() as reader:
        (entry,) = entries_of_event(reader, RESUMED)
    facts = entry.entry.facts
    assert entry.seq == 5
    assert (facts["from"], facts["to"], facts["size"]) == (house.key.public.vkey, done.key.public.vkey, 4)
    assert facts["witnesses"] == [{"witness": house.named[0].key.name, "size": 9, "proven": True}]
    after = replace(house, key=done.key)
    memory.trust(done.key.public, done.key.name)
    refuse_mismatch(after.watch)
    after.watch.ring()
    note, checkpoint = after.keeper.last() or ("", None)
    assert checkpoint
    assert checkpoint.size == 5
    assert cosignatures(note, [house.named[0].key])
    assert check_database(house.store, after.keeper.path, done.key.public).ok


def test_what_was_signed_before_still_vouches_under_the_former_key(house: House, tmp_path: Path) -> None:
    """The checkpoints that fit are kept and checked as ever; what does not fit is kept apart as evidence."""
    keys = keys_of(house, tmp_path / "keys")
    seen(house, 4)
    seen(house, 5)
    house.set_back(4)
    done = go_on(house, keys)
    former = house.folder / "ledger-heads.former-1.txt"
    checked = check_database(house.store, former, house.key.public)
    assert checked.ok
    assert checked.report.checkpoints > 0
    assert done.unfit == house.folder / "ledger-heads.unfit-1.txt"
    unfit = CheckpointKeeper(done.unfit, house.key).last()
    assert unfit
    assert unfit[1].size == 9


def test_it_is_not_resumed_where_all_fits(house: House, tmp_path: Path) -> None:
    """Nobody changes the ledger's name without need; nor without a reason in one line."""
    keys = keys_of(house, tmp_path / "keys")
    seen(house, 4)
    with pytest.raises(Conflict, match="nothing to resume"):
        go_on(house, keys)
    house.set_back(2)
    for reason in ("", "   ", "two\nlines", "x" * 501):
        with pytest.raises(Invalid):
            go_on(house, keys, reason)
    assert not (keys / "ledger.next.key").exists()


def test_it_can_happen_twice(house: House, tmp_path: Path) -> None:
    """Another restore later: another name, and both former keys are kept."""
    keys = keys_of(house, tmp_path / "keys")
    restored(house)
    first = go_on(house, keys)
    again = replace(house, key=first.key, named=())
    seen(again, 6)
    again.set_back(7)
    second = go_on(again, keys)
    names = [house.key.name, first.key.name, second.key.name]
    assert len(set(names)) == 3
    assert first.key.name.startswith(f"{house.key.name}-2.")
    assert second.key.name.startswith(f"{house.key.name}-3.")
    assert former_keys(keys) == (house.key.public, first.key.public)


@pytest.mark.parametrize("step", range(8))
def test_cut_short_at_any_step_it_is_run_again(house: House, tmp_path: Path, step: int) -> None:
    """Whatever had been done when the power went, running it again ends with one entry and one new key."""
    keys = keys_of(house, tmp_path / "keys")
    restored(house)
    cut_short(house, keys, step)
    done = go_on(house, keys) if load(keys / "ledger.key").public == house.key.public else None
    with house.store.read() as reader:
        assert len(entries_of_event(reader, RESUMED)) == 1
        last = latest(reader)
    key = load(keys / "ledger.key")
    assert key.public != house.key.public
    assert done is None or done.key.public == key.public
    assert load_public(keys / "ledger.pub") == key.public
    assert former_keys(keys) == (house.key.public,)
    assert not (keys / "ledger.next.key").exists()
    after = replace(house, key=key, named=())
    after.watch.ring()
    assert last
    assert (after.keeper.last() or ("", last))[1].size == last.seq


def cut_short(house: House, keys: Path, step: int) -> None:
    """Run it in a child that is killed when it opens, links, renames or removes for the ``step``-th time."""
    child = os.fork()
    if child == 0:
        done = 0

        def count(event: str, _arguments: tuple[object, ...]) -> None:
            nonlocal done
            if event in {"os.rename", "os.link", "os.remove"}:
                if done == step:
                    os._exit(0)
                done += 1

        house.store.engine.dispose(close=False)
        sys.addaudithook(count)
        try:
            go_on(house, keys)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_it_is_not_resumed_under_a_broker_that_runs(house: House) -> None:
    """Who serves holds a lock; one more may serve, and nobody may change the key meanwhile."""
    first, second = serves(house.folder), serves(house.folder)
    with pytest.raises(Conflict, match="being served"), nobody_serves(house.folder):
        pass
    assert first
    assert second
    first.close()
    second.close()
    with nobody_serves(house.folder):
        pass
