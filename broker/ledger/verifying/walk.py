"""Goes along the chain entry by entry and says what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from broker.ledger.body import EMPTY_DIGEST, is_canonical, leaf_digest, read_body
from broker.ledger.verifying.faults import Kind, Tally
from broker.ledger.verifying.match import Match
from broker.ledger.verifying.roots import Roots

COLUMNS = ("seq", "at", "event", "actor", "request", "grant", "subject", "previous")


class StoredEntry(NamedTuple):
    """An entry as stored. ``columns`` are the index beside it in COLUMNS' order, or None where there is none."""

    columns: tuple[Any, ...] | None
    digest: Any
    body: bytes


@dataclass(frozen=True)
class Start:
    """A point of the chain that is trusted already; by default its beginning. ``at`` as in a body.

    ``hashes`` are the complete subtrees of the first ``seq`` entries, 32 bytes each, the largest first.
    """

    seq: int = 0
    digest: str = EMPTY_DIGEST
    at: str = ""
    hashes: tuple[bytes, ...] = ()


BEGINNING = Start()


class Walk:
    """Where the pass stands: the last entry's place, its digests (computed, as stored) and the latest time.

    ``undated`` is the place of the last entry whose time could not be believed.
    """

    def __init__(self, start: Start, tally: Tally, match: Match, roots: Roots, *, canonical: bool) -> None:
        self.seq, self.at, self.actual = start.seq, start.at, start.digest
        self.digests: tuple[Any, ...] = (start.digest,)
        self.entries = 0
        self.undated = -1
        self._linked = True
        self._tally, self._match, self._roots, self._canonical = tally, match, roots, canonical

    def step(self, entry: StoredEntry) -> None:
        self.entries += 1
        actual = leaf_digest(entry.body)
        said = read_body(entry.body)
        if said is None or not self._is_fine(entry, actual, said):
            self._explain(entry, actual, said)
            return
        self.seq, self.at, self.actual = self.seq + 1, said["at"], actual
        self.digests, self._linked = (actual,), True
        self._roots.add(actual)
        if self._match.next_size == self.seq:
            self._match.meet(self.seq, actual)

    def _is_fine(self, entry: StoredEntry, actual: str, said: dict[str, Any]) -> bool:
        """Everything about an entry in one look, because nearly every entry is fine."""
        return (
            entry.digest == actual
            and said["seq"] == self.seq + 1
            and said["previous"] == self.actual
            and said["at"] >= self.at
            and (entry.columns is None or entry.columns == _columns(said))
            and (not self._canonical or is_canonical(entry.body, said))
        )

    def _explain(self, entry: StoredEntry, actual: str, said: dict[str, Any] | None) -> None:
        intact = entry.digest == actual
        # Nothing an edited body says is believed, its place least of all.
        believed = said if intact else None
        place = self._place(entry.columns, believed)
        self._check_place(place)
        self._grow(entry, actual, believed, place)
        if intact:
            in_place = self._check_body(entry, believed, place)
        else:
            words = "was changed after it was written: its text does not give its digest."
            self._add(Kind.EDITED_BODY, place, words)
            in_place = isinstance(entry.digest, str)
        # After an entry that is out of place nothing can be said about what should follow it.
        self._linked = in_place and place > self.seq
        if believed:
            self.at = max(self.at, believed["at"])
        else:
            self.undated = place
        self.seq, self.actual, self.digests = max(self.seq, place), actual, (actual, entry.digest)
        # Without its digest there is nothing left to hold what was signed against.
        self._match.skip_to(place if isinstance(entry.digest, str) else place + 1)
        self._match.meet(place, actual, entry.digest)

    def _grow(self, entry: StoredEntry, actual: str, believed: dict[str, Any] | None, place: int) -> None:
        if place != self.seq + 1 or (believed and believed["seq"] != place):
            self._roots.lose()
        elif entry.digest == actual:
            self._roots.add(actual)
        else:
            self._roots.add_edited(actual, entry.digest)

    def _place(self, columns: tuple[Any, ...] | None, said: dict[str, Any] | None) -> int:
        place = columns[0] if columns else said and said["seq"]
        return place if isinstance(place, int) else self.seq + 1

    def _check_place(self, place: int) -> None:
        missing = self.seq + 1
        if place > missing:
            which = f"Entry {missing} is" if place == missing + 1 else f"Entries {missing} to {place - 1} are"
            self._tally.add(Kind.GAP, missing, f"{which} missing: deleted after being written.")
        elif place < missing:
            self._add(Kind.REORDERED, place, f"comes after entry {self.seq}: it was moved or doubled.")

    def _check_body(self, entry: StoredEntry, said: dict[str, Any] | None, place: int) -> bool:
        """Faults of an entry whose body gives its digest; answers whether it belongs at its place."""
        if said is None:
            self._add(Kind.UNREADABLE, place, "is not in a form this version can read.")
            return False
        if said["seq"] != place:
            self._add(
                Kind.REORDERED, place, f"holds what was written as entry {said['seq']}: they changed places."
            )
            return False
        if edited := _differences(entry.columns, said):
            self._add(
                Kind.EDITED_COLUMN, place, f"differs from its own text in the column {edited}: it was edited."
            )
        if self._canonical and not is_canonical(entry.body, said):
            self._add(Kind.NOT_CANONICAL, place, "is not written in its one canonical form (RFC 8785).")
        if place == self.seq + 1:
            self._check_link(said, place)
        return True

    def _check_link(self, said: dict[str, Any], place: int) -> None:
        if self._linked and said["previous"] not in self.digests:
            words = f"does not continue entry {self.seq}: one of the two was rewritten."
            self._add(Kind.WRONG_PREVIOUS, place, words)
        if said["at"] < self.at:
            self._add(Kind.CLOCK_BACK, place, f"is dated before entry {self.seq}.")

    def _add(self, kind: Kind, place: int, words: str) -> None:
        self._tally.add(kind, place, f"Entry {place} {words}")


_columns = itemgetter(*COLUMNS)


def _differences(columns: tuple[Any, ...] | None, said: dict[str, Any]) -> str:
    pairs = zip(COLUMNS, columns or _columns(said), _columns(said), strict=True)
    return ", ".join(name for name, stored, written in pairs if stored != written)
