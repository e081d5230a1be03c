"""Holds signed heads against the entries they speak of, in one pass over both."""

from __future__ import annotations

from collections.abc import Iterator

from broker.ledger.body import instant
from broker.ledger.checkpoints.heads import Head, UnreadableHead
from broker.ledger.verifying.faults import Kind, Tally


class HeadMatch:
    """Walks the heads, oldest first, beside the entries. ``next_size`` is the entry to wait for, -1 when none."""

    def __init__(self, heads: Iterator[Head | UnreadableHead], tally: Tally) -> None:
        self._heads, self._tally = heads, tally
        self._waiting: Head | None = None
        self._largest = 0
        self.next_size = -1
        self.met = 0
        self.last: Head | None = None
        self._advance()

    def meet(self, place: int, digest: str, stored: str | None = None) -> None:
        """Entry ``place`` gives ``digest``: every head of that size must say so.

        A head that says what is ``stored`` beside an edited text, whose fault
        was told already, adds nothing.
        """
        while self._waiting and self.next_size == place:
            if self._waiting.digest == digest:
                self.met, self.last = self.met + 1, self._waiting
            elif self._waiting.digest != stored:
                when = instant(self._waiting.at)
                words = f"The ledger up to entry {place} is not the one whose head was signed at {when}: it was rewritten."
                self._tally.add(Kind.FORKED, place, words)
            self._advance()

    def skip_to(self, place: int) -> None:
        """Drop heads of entries that are missing before ``place``; the gap was told already."""
        while self._waiting and self.next_size < place:
            self._advance()

    def finish(self, last: int) -> None:
        """The chain ends at ``last``: a head that counts more tells of entries cut off."""
        self.skip_to(last + 1)
        beyond = self._waiting
        while self._waiting:
            beyond = self._waiting
            self._advance()
        if beyond:
            words = f"A head signed at {instant(beyond.at)} counts {beyond.size} entries, the ledger ends with {last}: "
            missing = (
                f"entry {beyond.size} was"
                if beyond.size == last + 1
                else f"entries {last + 1} to {beyond.size} were"
            )
            self._tally.add(Kind.TRUNCATED, last + 1, f"{words}{missing} cut off.")

    def _advance(self) -> None:
        self._waiting, self.next_size = None, -1
        for head in self._heads:
            if isinstance(head, UnreadableHead):
                self._tally.add(
                    Kind.BAD_HEAD, None, f"Signed head number {head.place} cannot be trusted. {head.reason}"
                )
            elif head.size < self._largest:
                words = f"A head of {head.size} entries was signed after one of {self._largest}: the ledger went back."
                self._tally.add(Kind.HEAD_BACK, head.size, words)
            else:
                self._waiting, self.next_size, self._largest = head, head.size, head.size
                return
