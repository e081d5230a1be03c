"""Filters as conditions on the rows of ``grants``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists, or_

from broker.access.decide import Verdict
from broker.access.grant import GrantState
from broker.access.tables import access_requests, approvals, grants, reviews
from broker.policy.decision import Path
from broker.review.history.filters import Filters, Shown, Weekday
from broker.review.history.local_hours import local_hour, local_weekday

DUE, OVERDUE, NONE = "due", "overdue", "none"


def conditions(filters: Filters, zone: tzinfo, now: datetime) -> list[ColumnElement[bool]]:
    """All of them have to hold. ``now`` is what "overdue" is measured by."""
    few = bool(filters.person or filters.patient)
    return [
        *_equal(filters, few),
        *([_in_state(filters.state, few)] if filters.state else []),
        *_between(filters, zone),
        *_asked(filters),
        *_hours(filters, zone),
        *([_approved_by(filters.approver)] if filters.approver else []),
        *([_reviewed(filters.review, now)] if filters.review else []),
    ]


def _equal(filters: Filters, few: bool) -> Iterator[ColumnElement[bool]]:
    pairs = (
        (grants.c.person_id, filters.person),
        (grants.c.patient_id, filters.patient),
        (_aside(grants.c.site_id, few), filters.site),
        (_aside(grants.c.entitlement, few or bool(filters.site or filters.state)), filters.entitlement),
    )
    return (column == wanted for column, wanted in pairs if wanted)


def _between(filters: Filters, zone: tzinfo) -> Iterator[ColumnElement[bool]]:
    if begins := filters.begins(zone):
        yield grants.c.issued_at >= begins
    if ends := filters.ends(zone):
        yield grants.c.issued_at < ends


def _aside(column: Column[Any], few: bool) -> ColumnElement[Any]:
    # One person's or one patient's grants are few, those of a state or a site are most of them. SQLite
    # keeps no counts to know that by, so the other column is written in a form no index answers.
    return column.concat("") if few else column


def _in_state(state: Shown, few: bool) -> ColumnElement[bool]:
    column = _aside(grants.c.state, few)
    if state is Shown.UNCONFIRMED:
        return and_(column == GrantState.REVOKING, grants.c.unconfirmed_at.is_not(None))
    return column == state.value


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    asked = access_requests.alias("asked")
    wanted = (
        (asked.c.path, Path.BREAK_GLASS if filters.break_glass else None),
        (asked.c.purpose, filters.purpose),
        (asked.c.reason, filters.reason),
    )
    found = [column == value for column, value in wanted if value]
    if found:
        yield exists().where(asked.c.id == grants.c.request_id, *found)


def _approved_by(approver: str) -> ColumnElement[bool]:
    said = approvals.alias("said")
    yes = (said.c.request_id == grants.c.request_id) & (said.c.verdict == Verdict.APPROVE)
    return exists().where(yes, said.c.approver_id == approver)


def _reviewed(wanted: str, now: datetime) -> ColumnElement[bool]:
    looked = reviews.alias("looked")
    mine = exists().where(looked.c.grant_id == grants.c.id)
    if wanted == NONE:
        return ~mine
    if wanted == DUE:
        return mine.where(looked.c.signed_at.is_(None))
    if wanted == OVERDUE:
        return mine.where(looked.c.signed_at.is_(None), looked.c.due_at <= now)
    return mine.where(looked.c.outcome == wanted)


def _hours(filters: Filters, zone: tzinfo) -> Iterator[ColumnElement[bool]]:
    span = (filters.begins(zone), filters.ends(zone))
    if filters.weekday:
        day = list(Weekday).index(filters.weekday)
        yield local_weekday(grants.c.issued_at, zone, *span) == day
    if filters.earliest_hour is None and filters.before_hour is None:
        return
    hour = local_hour(grants.c.issued_at, zone, *span)
    earliest, before = filters.earliest_hour or 0, filters.before_hour or 24
    yield and_(hour >= earliest, hour < before) if earliest < before else or_(hour >= earliest, hour < before)
