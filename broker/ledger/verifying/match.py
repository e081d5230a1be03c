"""Holds what was signed against the entries it speaks of, in one pass over both."""

from __future__ import annotations

from collections.abc import Iterator

from broker.ledger.body import instant
from broker.ledger.checkpoints.heads import Head
from broker.ledger.checkpoints.notes import UnreadableNote, Vouching
from broker.ledger.verifying.faults import Kind, Tally
from broker.ledger.verifying.roots import Roots


class Match:
    """Walks the checkpoints, oldest first, beside the entries. ``next_size`` is the entry to wait for, -1 when none."""

    def __init__(self, signed: Iterator[Vouching | UnreadableNote], roots: Roots, tally: Tally) -> None:
        self._signed, self._roots, self._tally = signed, roots, tally
        self._waiting: Vouching | None = None
        self._largest = 0
        self.next_size = -1
        self.met = 0
        self.last: Vouching | None = None
        self._advance()

    def meet(self, place: int, digest: str, stored: str | None = None) -> None:
        """Entry ``place`` gives ``digest``: everything signed for that size must fit it.

        What fits the digests ``stored`` beside an edited text, whose fault was
        told already, adds nothing.
        """
        while self._waiting and self.next_size == place:
            fits = self._fits(self._waiting, digest, stored)
            if fits:
                self.met, self.last = self.met + 1, self._waiting
            elif fits is False:
                words = f"The ledger up to entry {place} is not the one whose checkpoint was signed{_when(self._waiting)}"
                self._tally.add(Kind.FORKED, place, f"{words}: it was rewritten.")
            self._advance()

    def skip_to(self, place: int) -> None:
        """Drop what was signed for entries that are missing before ``place``; the gap was told already."""
        while self._waiting and self.next_size < place:
            self._advance()

    def finish(self, last: int) -> None:
        """The chain ends at ``last``: a checkpoint that counts more tells of entries cut off."""
        self.skip_to(last + 1)
        beyond = self._waiting
        while self._waiting:
            beyond = self._waiting
            self._advance()
        if beyond:
            words = f"A checkpoint signed{_when(beyond)} counts {beyond.size} entries, the ledger ends with {last}: "
            missing = (
                f"entry {beyond.size} was"
                if beyond.size == last + 1
                else f"entries {last + 1} to {beyond.size} were"
            )
            self._tally.add(Kind.TRUNCATED, last + 1, f"{words}{missing} cut off.")

    def _fits(self, signed: Vouching, digest: str, stored: str | None) -> bool | None:
        """None when nothing new can be said."""
        if isinstance(signed, Head):
            return True if signed.digest == digest else None if signed.digest == stored else False
        if self._roots.root() == signed.root:
            return True
        return None if self._roots.may_have_been(signed.root) else False

    def _advance(self) -> None:
        self._waiting, self.next_size = None, -1
        for signed in self._signed:
            if isinstance(signed, UnreadableNote):
                words = f"Checkpoint number {signed.place} cannot be trusted. {signed.reason}"
                self._tally.add(Kind.BAD_CHECKPOINT, None, words)
            elif signed.size < self._largest:
                words = f"A checkpoint of {signed.size} entries was signed after one of {self._largest}"
                self._tally.add(Kind.CHECKPOINT_BACK, signed.size, f"{words}: the ledger went back.")
            else:
                self._waiting, self.next_size, self._largest = signed, signed.size, signed.size
                return


def _when(signed: Vouching) -> str:
    return f" at {instant(signed.at)}" if signed.at else ""
