"""Archiving goes on from where it stands, whatever happened in between, and stops rather than lock away a fraud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import delete

from broker.archive.copying.copy_on import copy_on
from broker.archive.copying.progress import failed
from broker.archive.copying.rounds import Archiving
from broker.archive.copying.segment import read_segment
from broker.archive.copying.standing import standings
from broker.archive.examine import examine
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.place import Contradicted, Finding, Kept, Place, checkpoint_name
from broker.archive.settings import ArchiveSettings
from broker.archive.tables import archives
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.ledger.read import entries_after
from tests.archive.conftest import Written, as_owner, release


def names(place: Place) -> list[str]:
    return [name.removeprefix("segments/").removesuffix(".jsonl") for name in place.names("segments")]


def spans(*pairs: tuple[int, int]) -> list[str]:
    return [f"{first:012d}-{last:012d}" for first, last in pairs]


def test_all_that_is_vouched_for_is_archived_once(written: Written, place: Place) -> None:
    """And nothing beyond the checkpoint; the next round adds what came since."""
    written.grow(3)
    assert copy_on(written.source, place) == 10
    assert copy_on(written.source, place) == 0
    assert written.last
    assert place.kept(checkpoint_name(10))[0].content.decode() == written.last[0]
    written.vouch()
    assert copy_on(written.source, place) == 3
    assert names(place) == spans((1, 10), (11, 13))
    assert len(place.kept("segments/000000000001-000000000010.jsonl")) == 1


def test_an_archive_that_was_away_is_caught_up(written: Written, folder: AppendOnlyFolder) -> None:
    """In objects of a bounded size, each alone a segment whose root is the tree's."""
    assert copy_on(written.source, folder, most=4) == 10
    assert names(folder) == spans((1, 4), (5, 8), (9, 10))
    last = read_segment(folder.kept("segments/000000000009-000000000010.jsonl")[0].content)
    from broker.archive.copying.segment import end_of

    assert written.last
    assert end_of(last.before, last.entries).root() == written.last[1].root


@dataclass
class Failing:
    """An archive that fails at one of its calls: ``before`` doing what it was asked, or after."""

    real: Place
    at: int
    before: bool
    calls: int = 0
    label: str = "an archive"

    @property
    def id(self) -> str:
        return self.real.id

    def _meet(self) -> None:
        self.calls += 1

    def put(self, name: str, content: bytes) -> None:
        self._meet()
        if self.calls == self.at and self.before:
            raise Unavailable("down")
        self.real.put(name, content)
        if self.calls == self.at:
            raise Unavailable("down")

    def names(self, folder: str, after: str = "") -> Iterator[str]:
        return self.real.names(folder, after)

    def kept(self, name: str) -> list[Kept]:
        return self.real.kept(name)

    def check(self) -> list[Finding]:
        return self.real.check()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_crash_at_any_point_loses_and_doubles_nothing(
    written: Written, folder: AppendOnlyFolder, at: int, before: bool
) -> None:
    """What another round finds there it takes as its own, although the ledger has grown meanwhile."""
    with pytest.raises(Unavailable):
        copy_on(written.source, Failing(folder, at, before=before), most=4)
    written.grow(5)
    written.vouch()
    copy_on(written.source, folder, most=4)
    whole = [tuple(map(int, name.split("-"))) for name in names(folder)]
    assert [first for first, _ in whole] == [1, *(last + 1 for _, last in whole[:-1])]
    assert whole[-1][1] == 15


def test_a_forgotten_place_in_the_database_is_found_again(written: Written, place: Place) -> None:
    """The row is a convenience: without it the archive is read along and found to be the same."""
    copy_on(written.source, place, most=4)
    with written.store.write() as tx:
        tx.execute(delete(archives))
    assert copy_on(written.source, place) == 10
    assert names(place) == spans((1, 4), (5, 8), (9, 10))


def test_a_database_set_back_is_found(written: Written, place: Place) -> None:
    """Cut off with its head and its row, as a restored backup is: the archive holds more, and says so."""
    copy_on(written.source, place)
    as_owner(
        written.store,
        "DELETE FROM ledger_entries WHERE seq > 5",
        "UPDATE ledger_head SET (seq, digest, at) = (SELECT seq, digest, at FROM ledger_entries WHERE seq = 5)",
        "DELETE FROM archives",
    )
    written.vouch()
    with pytest.raises(Contradicted, match="holds 10 entries, the ledger has 5"):
        copy_on(written.source, place)


def test_a_ledger_that_went_another_way_is_not_archived_over_the_first(
    written: Written, place: Place
) -> None:
    """Set back and grown anew under the same key, even past the archive: the first stays, and the second is refused."""
    copy_on(written.source, place)
    kept = place.kept("segments/000000000001-000000000010.jsonl")[0].content
    as_owner(
        written.store,
        "DELETE FROM ledger_entries WHERE seq > 5",
        "UPDATE ledger_head SET (seq, digest, at) = (SELECT seq, digest, at FROM ledger_entries WHERE seq = 5)",
        "DELETE FROM archives",
    )
    assert isinstance(written.store.clock, SettableClock)
    written.store.clock.advance(seconds=60)
    written.grow(20)
    written.vouch()
    with pytest.raises(Contradicted):
        copy_on(written.source, place)
    assert [each.content for each in place.kept("segments/000000000001-000000000010.jsonl")] == [kept]


def test_what_the_checkpoint_does_not_vouch_for_is_not_locked_away(
    written: Written, folder: AppendOnlyFolder
) -> None:
    """An edit between the checkpoint and the archive stops it before anything is written."""
    as_owner(
        written.store, "UPDATE ledger_entries SET body = replace(body, 'person_a', 'person_b') WHERE seq = 4"
    )
    with pytest.raises(Contradicted, match="Entry 4 was changed"):
        copy_on(written.source, folder)
    assert names(folder) == []


def test_a_whole_chain_that_is_another_one_is_not_locked_away(
    written: Written, folder: AppendOnlyFolder
) -> None:
    """Rewritten with all its digests, it still has another root than the one that was signed."""
    signed = written.last
    as_owner(
        written.store,
        "DELETE FROM ledger_entries",
        "UPDATE ledger_head SET seq = 0, digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
    )
    assert isinstance(written.store.clock, SettableClock)
    written.store.clock.advance(seconds=60)
    written.grow(10)
    written.last = signed
    with pytest.raises(Contradicted, match="vouches for"):
        copy_on(written.source, folder)
    assert names(folder) == []


@dataclass
class Away:
    """An archive nobody answers for."""

    id: str = "bucket"
    label: str = "the bucket"
    asked: list[str] = field(default_factory=list)

    def names(self, folder: str, after: str = "") -> Iterator[str]:
        self.asked.append(folder)
        raise Unavailable("It did not answer.", help="Wait.")

    def put(self, name: str, content: bytes) -> None:
        raise AssertionError

    def kept(self, name: str) -> list[Kept]:
        raise AssertionError

    def check(self) -> list[Finding]:
        raise AssertionError


def test_one_archive_that_is_away_does_not_hold_up_the_other(
    written: Written, folder: AppendOnlyFolder, clock: SettableClock
) -> None:
    """Nothing is raised, the fault is written down, and it is asked less and less often."""
    away = Away()
    archiving = Archiving(written.source, (away, folder), pace=60)
    for _ in range(10):
        archiving.round()
        clock.advance(seconds=60)
    assert names(folder) == spans((1, 10))
    assert 3 <= len(away.asked) <= 5
    with written.store.read() as reader:
        stands = {each.place: each for each in standings(reader)}
    stands["folder"] = stands[folder.id]
    assert stands["bucket"].fault == "It did not answer. Wait."
    assert stands["bucket"].failures == len(away.asked)
    assert (stands["folder"].fault, stands["folder"].point.size) == (None, 10)


def test_a_fault_is_over_once_the_archive_goes_on(written: Written, folder: AppendOnlyFolder) -> None:
    """The next good round forgets it."""
    folder.root.parent.mkdir()
    folder.root.write_text("in the way")
    archiving = Archiving(written.source, (folder,))
    archiving.round()
    with written.store.read() as reader:
        assert standings(reader)[0].fault
    Path(folder.root).unlink()
    archiving.archive(folder)
    with written.store.read() as reader:
        assert [(each.fault, each.failures) for each in standings(reader)] == [(None, 0)]


def test_two_at_once_make_one_archive(written: Written, folder: AppendOnlyFolder) -> None:
    """Each finds the other's objects and its place in the database, and neither complains."""
    written.grow(200)
    written.vouch()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(copy_on, written.source, folder, most=7) for _ in range(4)]
        for each in rounds:
            each.result(60)
    assert names(folder)[0] == "000000000001-000000000007"
    assert names(folder)[-1].endswith("-000000000210")
    assert len(names(folder)) == 30


def test_an_archive_that_lost_something_is_told(written: Written, folder: AppendOnlyFolder) -> None:
    """What the database says was archived, and is not there, is a fault at the next round and not at the audit next year."""
    copy_on(written.source, folder)
    release(folder.root)
    (folder.root / checkpoint_name(10)).unlink()
    with pytest.raises(Contradicted, match="no longer holds"):
        copy_on(written.source, folder)


def test_another_folder_is_another_archive(written: Written, folder: AppendOnlyFolder) -> None:
    """It begins at the beginning, whatever was archived elsewhere."""
    copy_on(written.source, folder)
    elsewhere = AppendOnlyFolder(folder.root.parents[1] / "other" / "ledger")
    assert copy_on(written.source, elsewhere) == 10
    release(elsewhere.root)


def test_a_fault_is_over_although_nothing_is_new(written: Written, folder: AppendOnlyFolder) -> None:
    """At night nothing happens, and an archive that was away for a minute is well again all the same."""
    archiving = Archiving(written.source, (folder,))
    archiving.archive(folder)
    failed(written.store, written.source.standing(folder), "It did not answer.", 1)
    archiving.archive(folder)
    assert (written.source.standing(folder).fault, written.source.standing(folder).failures) == (None, 0)


def test_an_archive_is_late_when_an_entry_waited_long(
    written: Written, folder: AppendOnlyFolder, clock: SettableClock
) -> None:
    """A quiet night is none, and neither is an entry of this moment."""
    settings = ArchiveSettings(archive_dir=folder.root.parent)

    def found() -> list[bool]:
        with written.store.read() as reader:
            return [each.good for each in examine(reader, settings, written.key.public.id.hex())]

    copy_on(written.source, folder)
    clock.advance(hours=9)
    assert found() == [True]
    written.grow(1)
    assert found() == [True]
    clock.advance(minutes=6)
    assert found() == [False]


def test_a_contradiction_is_written_down_once(
    written: Written, folder: AppendOnlyFolder, clock: SettableClock
) -> None:
    """However many rounds find it; once it is over and comes back, once more."""
    archiving = Archiving(written.source, (folder,))
    archiving.archive(folder)

    def told() -> int:
        with written.store.read() as reader:
            return [each.entry.event for each in entries_after(reader, 0)].count("archive.contradicted")

    name = folder.root / checkpoint_name(10)
    content = name.read_bytes()
    for times in (1, 2):
        release(folder.root)
        name.unlink()
        for _ in range(4):
            archiving.round()
            clock.advance(hours=1)
        assert told() == times
        folder.put(checkpoint_name(10), content)
        archiving.archive(folder)
