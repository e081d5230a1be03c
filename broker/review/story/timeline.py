"""A grant's whole story, from its ledger entries and its rows, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from broker.access.grant import Grant, GrantState, get_grant
from broker.access.request import AccessRequest, RequestState, get_request
from broker.access.tables import access_requests, grants
from broker.identity.tables import people
from broker.ledger.entry import Recorded
from broker.ledger.read import entries_of_grant, entries_of_request
from broker.notes.note import Note, NoteKind
from broker.notes.note_box import NoteBox
from broker.patients.tables import holdings
from broker.policy.catalog import Catalog
from broker.review.history.rows import HistoryRow, rows_of
from broker.review.queue.owed import Review, review_of
from broker.review.story.event_words import in_words
from broker.review.story.seen import Seen
from broker.sites.tables import sites
from broker.store import Reader

# No request waits longer for an answer than policy's lapse_after, which is hours.
LONGEST_WAIT = timedelta(days=2)
# Of what a site saw under one grant the page tells so many; a day's work can be thousands.
MOST_SEEN = 200
# So many tokens that software got are told one by one.
MOST_TOKENS = 50
_MOST = {
    "site.event": (MOST_SEEN, "The site saw {} more things"),
    "token.issued": (MOST_TOKENS, "Software got {} more tokens"),
}


# Facts that hold the id of a person or a thing.
_NAMED = ("site", "holding", "to", "before")


@dataclass(frozen=True)
class Step:
    """``at`` is UTC, None for what has no time yet; ``seq`` the ledger entry it tells, None for what is still to come.

    ``event`` is that entry's.
    """

    at: datetime | None
    title: str
    text: str
    kind: str
    seq: int | None
    event: str = ""


@dataclass(frozen=True)
class Story:
    """``note`` is the holder's, ``review_note`` that of the last signature, empty without one.

    ``extends`` and ``extended_by`` are ids of other grants; ``opens`` names what the scope lists;
    ``because`` is what policy found when access was asked for, rule by rule, as it was written then.
    """

    row: HistoryRow
    grant: Grant
    request: AccessRequest
    review: Review | None
    note: str
    review_note: str
    opens: tuple[str, ...]
    because: tuple[str, ...]
    extended_by: tuple[str, ...]
    steps: tuple[Step, ...]


def read_story(reader: Reader, catalog: Catalog, notes: NoteBox, grant_id: str) -> Story:
    """Everything that is known of a grant, or NotFound."""
    grant = get_grant(reader, grant_id)
    request = get_request(reader, grant.request_id)
    entries = _entries(reader, request, grant)
    names = _names(reader, entries)
    said = notes.on_request(reader, request.id)
    by_id = {note.id: note.shown for note in said}
    told = list(_told(Seen(entry, catalog, names, by_id) for entry in entries))
    review = review_of(reader, grant.id)
    return Story(
        row=rows_of(reader, catalog, [grant.id])[grant.id],
        grant=grant,
        request=request,
        review=review,
        note=_last(said, NoteKind.REQUEST),
        review_note=_last(said, NoteKind.REVIEW),
        opens=tuple(names.get(each, each) for each in grant.scope.get("holdings", ())),
        because=_because(entries, request.id),
        extended_by=_extended_by(reader, grant),
        steps=(*told, *_to_come(grant, review, reader.at)),
    )


def _because(entries: Iterable[Recorded], request_id: str) -> tuple[str, ...]:
    asked = (each.entry for each in entries if each.entry.event == "request.asked")
    found: Any = next((entry.facts.get("because") for entry in asked if entry.request == request_id), None)
    # Entries of an earlier version do not say.
    return tuple(str(words) for _, words in sorted((found or {}).items()))


def _entries(reader: Reader, request: AccessRequest, grant: Grant) -> list[Recorded]:
    # Links are entries of the grant alone, decisions of the request alone.
    found = entries_of_request(reader, request.id) + entries_of_grant(reader, grant.id)
    if (waited := _waited(reader, request)) is not None:
        found += entries_of_request(reader, waited)
    return [by_seq for _, by_seq in sorted({each.seq: each for each in found}.items())]


def _waited(reader: Reader, request: AccessRequest) -> str | None:
    """The request that lay unanswered until this one broke the glass in its place: one commit did both."""
    asked = access_requests.c
    row = reader.execute(
        select(asked.id)
        .where(
            asked.person_id == request.person_id,
            asked.asked_at.between(request.asked_at - LONGEST_WAIT, request.asked_at),
            asked.patient_id == request.patient_id,
            asked.entitlement == request.entitlement,
            asked.state == RequestState.WITHDRAWN,
            asked.closed_at == request.asked_at,
        )
        .limit(1)
    ).first()
    return None if row is None else str(row.id)


def _told(entries: Iterable[Seen]) -> Iterable[Step]:
    told = Counter[str]()
    for seen in entries:
        event = seen.recorded.entry.event
        told[event] += 1
        if event not in _MOST or told[event] <= _MOST[event][0]:
            yield _step(seen)
    for event, (most, words) in _MOST.items():
        if told[event] > most:
            more = words.format(told[event] - most)
            yield Step(None, more, "They are in the ledger: broker audit export", "done", None)


def _step(seen: Seen) -> Step:
    words = in_words(seen)
    event = seen.recorded.entry.event
    return Step(seen.recorded.at, words.title, words.text, words.kind, seen.recorded.seq, event)


def _to_come(grant: Grant, review: Review | None, now: datetime) -> Iterable[Step]:
    if grant.state is GrantState.REVOKING:
        yield _still_revoking(grant)
    elif grant.is_live(now):
        yield Step(grant.expires_at, "Ends by itself", "", "next", None)
    elif grant.state is not GrantState.REVOKED:
        yield Step(
            grant.expires_at, "Expired", "It opens nothing any more, and is being taken back.", "now", None
        )
    if review is not None and review.is_overdue(now):
        yield Step(None, "The review is still to be signed", "", "now", None)
    elif review is not None and review.is_open:
        yield Step(review.due_at, "Review due", "", "next", None)


def _still_revoking(grant: Grant) -> Step:
    tries = f"{grant.tries} {'try' if grant.tries == 1 else 'tries'} so far. " if grant.tries else ""
    text = f"{tries}{grant.fault or ''}".strip()
    return Step(grant.next_try_at, "Still to be confirmed by the site", text, "now", None)


def _last(said: Iterable[Note], kind: NoteKind) -> str:
    return next((note.shown for note in reversed(list(said)) if note.about.kind is kind), "")


def _extended_by(reader: Reader, grant: Grant) -> tuple[str, ...]:
    # An extension is issued to the same person before the end of what it extends.
    issued = grants.c.issued_at.between(grant.issued_at, grant.expires_at)
    follows = (grants.c.person_id == grant.person_id) & issued & (grants.c.extends_grant == grant.id)
    return tuple(
        row.id for row in reader.all(select(grants.c.id).where(follows).order_by(grants.c.issued_at))
    )


def _names(reader: Reader, entries: Iterable[Recorded]) -> Mapping[str, str]:
    """What people, sites and holdings that the entries speak of are called."""
    ids = {each for recorded in entries for each in _ids(recorded)}
    names: dict[str, str] = {}
    for table, called in ((people, "name"), (sites, "title"), (holdings, "title")):
        found = reader.all(select(table.c.id, table.c[called].label("name")).where(table.c.id.in_(ids)))
        names.update((row.id, row.name) for row in found)
    return names


def _ids(recorded: Recorded) -> Iterable[str]:
    facts: Mapping[str, Any] = recorded.entry.facts
    yield recorded.entry.actor
    yield from (str(facts[name]) for name in _NAMED if facts.get(name))
    yield from (facts.get("scope") or {}).get("holdings", ())
