"""Copies what a checkpoint vouches for, and the checkpoint, to an archive: from where it stands, as often as needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from broker.archive.copying.point import Point
from broker.archive.copying.progress import planned, vouched, went_on
from broker.archive.copying.segment import (
    FOLDER,
    MOST_ENTRIES,
    end_of,
    segment_name,
    stretch_of,
    write_segment,
)
from broker.archive.copying.standing import Standing, standing_of
from broker.archive.places.place import Contradicted, Place, checkpoint_name
from broker.errors import Invalid
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from broker.ledger.signing.keys import PublicKey
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.verify import StoredEntry
from broker.store import Store


@dataclass(frozen=True)
class Source:
    """A ledger, its key's public half, and how a note and the checkpoint it says are had: None while there is none."""

    store: Store
    key: PublicKey
    last_checkpoint: Callable[[], tuple[str, Checkpoint] | None]

    def standing(self, place: Place) -> Standing:
        with self.store.read() as reader:
            return standing_of(reader, place.id, self.key.id.hex())


def copy_on(source: Source, place: Place, *, most: int = MOST_ENTRIES) -> int:
    """Archive what is new, ``most`` entries an object; how many entries were.

    Nothing is kept open while the place is spoken to. Raises Contradicted when the
    archive, the checkpoint and the database do not agree, Unavailable when the
    place cannot be used; what was archived by then stays archived.
    """
    last, stands = source.last_checkpoint(), source.standing(place)
    begun = _begun(place, stands.point.size)
    _check_not_behind(source.store, place, max([stands.point.size, *begun.values()]))
    if stands.vouched_size and not place.kept(checkpoint_name(stands.vouched_size)):
        raise Contradicted(
            f"The archive in {place.label} no longer holds what was archived there: something was removed."
        )
    if last is None:
        return 0
    note, checkpoint = last
    began = stands.point.size
    if stands.point.size < checkpoint.size:
        _check_before_writing(source, stands.point, checkpoint)
    while stands.point.size < checkpoint.size:
        size = stands.point.size
        end = begun.get(size + 1, min(size + most, checkpoint.size))
        stands = planned(source.store, stands, end, is_there=size + 1 in begun)
        if stands.planned_size and stands.planned_size > checkpoint.size:
            break  # another node has a later checkpoint; this one's next will reach as far
        if stands.planned_size:
            stands = _copy(source, place, stands, stands.planned_size)
    if stands.vouched_size < checkpoint.size == stands.point.size:
        _keep_checkpoint(source, place, note, checkpoint)
        vouched(source.store, stands, checkpoint.size)
    return stands.point.size - began


def _begun(place: Place, size: int) -> dict[int, int]:
    """The objects beyond ``size`` that are there already, left by a crash or another node: first entry to last."""
    after = segment_name(size, size) if size else ""
    return dict(filter(None, map(stretch_of, place.names(FOLDER, after))))


def _check_not_behind(store: Store, place: Place, archived: int) -> None:
    with snapshot(store) as look:
        head = look.head()
    if head and archived > head.seq:
        raise Contradicted(
            f"The archive in {place.label} holds {archived} entries, the ledger has {head.seq}: its end was cut off, or a backup was restored."
        )


def _check_before_writing(source: Source, point: Point, checkpoint: Checkpoint) -> None:
    """What is locked away for years had better be true: look at all of it first, in one reading."""
    with snapshot(source.store) as look:
        entries = islice(look.entries(point.size), checkpoint.size - point.size)
        while some := list(islice(entries, MOST_ENTRIES)):
            point = _gone_on(point, some)
    if point.size != checkpoint.size or point.root() != checkpoint.root:
        raise Contradicted(
            f"The ledger's first {checkpoint.size} entries are not those its checkpoint vouches for, so they were not archived."
        )


def _copy(source: Source, place: Place, stands: Standing, last: int) -> Standing:
    first = stands.point.size + 1
    with snapshot(source.store) as look:
        entries = list(islice(look.entries(first - 1), last - first + 1))
    after = _gone_on(stands.point, entries)
    if after.size != last:
        raise Contradicted(f"Entries {after.size + 1} to {last} were there a moment ago and are gone.")
    place.put(segment_name(first, last), write_segment(source.key, stands.point, entries))
    went_on(source.store, stands, after)
    # Another process may be further by now; whatever it did was the same.
    return source.standing(place)


def _gone_on(point: Point, entries: list[StoredEntry]) -> Point:
    try:
        return end_of(point, entries)
    except Invalid as error:
        raise Contradicted(f"The ledger was not archived. {error}") from error


def _keep_checkpoint(source: Source, place: Place, note: str, checkpoint: Checkpoint) -> None:
    name = checkpoint_name(checkpoint.size)
    # It may have been kept before a witness signed it too; it says the same.
    if not any(_says(each.content, source.key, checkpoint) for each in place.kept(name)):
        place.put(name, note.encode())


def _says(content: bytes, key: PublicKey, checkpoint: Checkpoint) -> bool:
    try:
        kept = parse_checkpoint(content.decode(), key)
    except (Invalid, UnicodeDecodeError):
        return False
    return (kept.size, kept.root) == (checkpoint.size, checkpoint.root)
