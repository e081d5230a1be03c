"""Holds the rows against the ledger: what a database's owner edits beside the chain is noticed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from broker.notes.note_box import NoteBox
from broker.review.against_ledger.disagreement import Disagreement
from broker.review.against_ledger.grants import look_at_grants
from broker.review.against_ledger.identities import look_at_identities
from broker.review.against_ledger.notes import look_at_notes
from broker.review.against_ledger.people import look_at_people, look_at_sessions
from broker.review.against_ledger.requests import look_at_requests
from broker.review.against_ledger.reviews import look_at_reviews
from broker.store import Reader, Store

MOST_KEPT = 100
_LOOKS: tuple[Callable[[Reader], Iterator[Disagreement]], ...] = (
    look_at_grants,
    look_at_requests,
    look_at_reviews,
    look_at_people,
    look_at_identities,
    look_at_sessions,
)


@dataclass(frozen=True)
class RowsChecked:
    """``disagreements`` are the first hundred of ``count``; none when nothing was looked at."""

    disagreements: tuple[Disagreement, ...] = ()
    count: int = 0

    @property
    def ok(self) -> bool:
        return self.count == 0


def check_rows(store: Store, notes: NoteBox | None = None) -> RowsChecked:
    """Look at every grant, request, verdict, review, note, person and usable session. Writes nothing.

    Without ``notes`` no text is opened.

    The ledger is believed: ask only when the verifier found it whole.
    """
    kept, count = [], 0
    with store.read() as reader:
        looks = (*(look(reader) for look in _LOOKS), look_at_notes(reader, notes))
        for look in looks:
            for found in look:
                count += 1
                kept += [found] if count <= MOST_KEPT else []
    return RowsChecked(tuple(kept), count)
