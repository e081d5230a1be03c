"""A request told as a timeline that anyone understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.access.decide import Verdict, verdicts
from broker.access.grant import Grant
from broker.access.request import AccessRequest, RequestState
from broker.identity.people import Person, Role, with_role
from broker.notes.note import shown
from broker.notes.note_box import NoteBox
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.policy.durations import in_words
from broker.store import Reader
from broker.web.telling.grant_story import grant_steps
from broker.web.telling.naming import in_a_row, name_of
from broker.web.telling.step import Step


@dataclass(frozen=True)
class Teller:
    """Who is told the story, and from what."""

    reader: Reader
    catalog: Catalog
    viewer: Person
    notes: NoteBox


def request_story(teller: Teller, request: AccessRequest, grant: Grant | None) -> list[Step]:
    """Everything that happened, in order, and what comes next."""
    steps = [_asked(teller, request), _told(teller, request), *answers(teller, request)]
    steps += [] if grant is None else grant_steps(teller.reader, grant)
    return steps + list(_what_comes_next(teller, request))


def _asked(teller: Teller, request: AccessRequest) -> Step:
    who = name_of(teller.reader, request.person_id, teller.viewer)
    if request.path == Path.BREAK_GLASS:
        review = f"A review is due within {in_words(request.review_within)}." if request.review_within else ""
        return Step(request.asked_at, f"{who} broke the glass", f"Nobody had to approve. {review}", "warn")
    more = " for more time" if request.path == Path.EXTENSION else ""
    return Step(request.asked_at, f"{who} asked{more}", f"For {in_words(request.duration)}.")


def _told(teller: Teller, request: AccessRequest) -> Step:
    roles = _who_is_told(teller.catalog, request)
    people = {each.id for role in roles for each in with_role(teller.reader, Role(role))} - {
        request.person_id
    }
    named = in_a_row((teller.catalog.roles.get(role, role) for role in roles), last="or")
    if not people:
        return Step(request.asked_at, "There is nobody to tell", "Call the on-call contact.", "stop")
    count = "1 person was" if len(people) == 1 else f"{len(people)} people were"
    return Step(request.asked_at, f"{count} told", f"{named}.")


def _who_is_told(catalog: Catalog, request: AccessRequest) -> list[str]:
    entitlement = catalog.entitlements.get(request.entitlement)
    roles = set(request.approver_roles) or (entitlement.approvals.roles if entitlement else set())
    return sorted(roles & {role.value for role in Role})


def answers(teller: Teller, request: AccessRequest) -> Iterator[Step]:
    """By whom and when it was decided, or how else it ended."""
    said = teller.notes.comments_on(teller.reader, request.id)
    for row in verdicts(teller.reader, request.id):
        comment = shown(said.get(row.approver_id))
        who = name_of(teller.reader, row.approver_id, teller.viewer)
        if row.verdict == Verdict.DENY:
            yield Step(row.at, f"{who} denied it", comment, "stop")
        else:
            yield Step(row.at, f"{who} approved it", comment)
    if request.state is RequestState.WITHDRAWN:
        who = name_of(teller.reader, request.person_id, teller.viewer)
        yield Step(request.closed_at, f"{who} withdrew it", kind="stop")
    if request.state is RequestState.LAPSED:
        yield Step(request.closed_at, "It lapsed: nobody answered in time", kind="stop")


def _what_comes_next(teller: Teller, request: AccessRequest) -> Iterator[Step]:
    if not request.is_pending:
        return
    reader = teller.reader
    if request.lapses_at <= reader.at:
        yield Step(request.lapses_at, "It lapsed: nobody answered in time", kind="stop")
        return
    yield Step(None, _still_missing(reader, request), kind="now")
    if request.break_glass_after is not None and request.break_glass_after > reader.at:
        who = name_of(reader, request.person_id, teller.viewer)
        yield _later(request.break_glass_after, f"{who} may break the glass, if nobody has answered")
    yield _later(request.lapses_at, "It lapses, if nobody has answered")


def _still_missing(reader: Reader, request: AccessRequest) -> str:
    said_yes = sum(row.verdict == Verdict.APPROVE for row in verdicts(reader, request.id))
    left = request.approvals_needed - said_yes
    return "Waiting for an approver" if left == 1 else f"Waiting for {left} approvers"


def _later(at: datetime, title: str) -> Step:
    return Step(at, title, kind="next")
