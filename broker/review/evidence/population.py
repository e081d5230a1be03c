"""Everything of a kind that happened in the days asked for, as rows of a file: our own ids, codes and times, no notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from broker.access.grant import Cause
from broker.access.tables import access_requests, approvals, grants, reviews
from broker.identity.tables import people, person_roles
from broker.ledger.tables import ledger_entries
from broker.review.evidence.days import Days

# What auditors ask to see of accounts, and of what was watched.
_ACCOUNTS = (
    "person.added", "person.disabled", "person.enabled", "person.roles_set", "person.linked", "person.unlinked",
    "person.locked_out", "person.password_changed", "factor.enrolled", "factor.removed", "factor.forgotten",
    "factor.started_over", "factor.vouched", "passkey.added", "passkey.removed", "recovery_codes.renewed",
    "issuer.person_linked", "client.added", "client.disabled", "client.enabled",
)  # fmt: skip
_WATCHED = (
    "site.changed", "site.contain_ordered", "site.protected", "site.restored", "site.events_broken",
    "grant.unconfirmed", "link.refused", "exchange.refused", "review.overdue", "review.reopened",
    "review.block_overridden", "oddity.looked_at", "keys.refused", "person.sign_in_failures", "history.exported",
    "disclosures.told", "evidence.drawn", "archive.contradicted", "ledger.contradicted", "ledger.resumed", "late.line_refused",
)  # fmt: skip
_PAGE = 500

Row = tuple[object, ...]


@dataclass(frozen=True)
class File:
    """A file of rows; ``of_days`` says which rows stand in it, in order."""

    name: str
    heads: tuple[str, ...]
    query: Select[Any]

    def rows(self, connection: Connection) -> Iterator[Row]:
        """Read a page at a time, however many there are."""
        for row in connection.execute(self.query.execution_options(yield_per=_PAGE)):
            yield tuple(_plain(each) for each in row)


def due_at() -> Any:
    """When a grant's access had to be gone: at its expiry, or when it was taken back before."""
    ended = func.coalesce(grants.c.revoking_at, grants.c.revoked_at)
    return case((grants.c.cause == Cause.EXPIRED, grants.c.expires_at), else_=ended)


def files(days: Days) -> Sequence[File]:
    return (
        _grants(days),
        _requests(days),
        _approvals(days),
        _reviews(days),
        *_accounts(days),
        _watched(days),
    )


def _grants(days: Days) -> File:
    asked, review, of = access_requests.c, reviews.c, grants.c
    columns: Mapping[str, Any] = {
        "grant": of.id, "request": of.request_id, "person": of.person_id, "patient": of.patient_id,
        "entitlement": of.entitlement, "kind": of.kind, "site": of.site_id, "path": asked.path,
        "purpose": asked.purpose, "reason": asked.reason, "second_factor": asked.factor_method,
        "approvals_needed": asked.approvals_needed, "policy_digest": asked.policy_digest, "asked_utc": asked.asked_at,
        "issued_utc": of.issued_at, "active_utc": of.active_at, "expires_utc": of.expires_at,
        "due_back_utc": due_at(), "revoked_utc": of.revoked_at, "state": of.state, "cause": of.cause,
        "unconfirmed_since_utc": of.unconfirmed_at, "review_due_utc": review.due_at,
        "review_outcome": review.outcome, "review_signed_by": review.signed_by, "review_signed_utc": review.signed_at,
    }  # fmt: skip
    told = grants.outerjoin(access_requests, asked.id == of.request_id).outerjoin(
        reviews, review.grant_id == of.id
    )
    found = select(*columns.values()).select_from(told).where(days.hold(of.issued_at))
    return File("population/grants.csv", tuple(columns), found.order_by(of.issued_at, of.id))


def _requests(days: Days) -> File:
    of = access_requests.c
    columns: Mapping[str, Any] = {
        "request": of.id, "person": of.person_id, "patient": of.patient_id, "entitlement": of.entitlement,
        "site": of.site_id, "path": of.path, "purpose": of.purpose, "reason": of.reason, "seconds": of.duration_s,
        "second_factor": of.factor_method, "approvals_needed": of.approvals_needed, "policy_digest": of.policy_digest,
        "state": of.state, "asked_utc": of.asked_at, "closed_utc": of.closed_at,
    }  # fmt: skip
    found = select(*columns.values()).where(days.hold(of.asked_at)).order_by(of.asked_at, of.id)
    return File("population/requests.csv", tuple(columns), found)


def _approvals(days: Days) -> File:
    asked, of = access_requests.c, approvals.c
    columns = {"request": of.request_id, "approver": of.approver_id, "verdict": of.verdict, "at_utc": of.at}
    found = select(*columns.values()).join(access_requests, asked.id == of.request_id)
    found = found.where(days.hold(asked.asked_at)).order_by(of.at, of.request_id, of.approver_id)
    return File("population/approvals.csv", tuple(columns), found)


def _reviews(days: Days) -> File:
    of = reviews.c
    columns: Mapping[str, Any] = {
        "grant": of.grant_id, "holder": of.holder_id, "state": of.state, "opened_utc": of.opened_at,
        "due_utc": of.due_at, "outcome": of.outcome, "signed_by": of.signed_by, "signed_utc": of.signed_at,
    }  # fmt: skip
    found = select(*columns.values()).where(days.hold(of.opened_at)).order_by(of.opened_at, of.grant_id)
    return File("population/reviews.csv", tuple(columns), found)


def _accounts(days: Days) -> tuple[File, File]:
    of, role = people.c, person_roles.c
    columns = {"person": of.id, "name": of.name, "added_utc": of.added_at, "disabled_utc": of.disabled_at}
    found = select(*columns.values(), role.role).outerjoin(person_roles, role.person_id == of.id)
    everyone = found.where(of.added_at < days.ends).order_by(of.id, role.role)
    changes = _entries("population/account_changes.csv", days, _ACCOUNTS)
    return File("population/accounts.csv", (*columns, "role"), everyone), changes


def _watched(days: Days) -> File:
    return _entries("population/monitoring.csv", days, _WATCHED)


def _entries(name: str, days: Days, events: Sequence[str]) -> File:
    of = ledger_entries.c
    columns: Mapping[str, Any] = {
        "ledger_entry": of.seq, "at_utc": of.at, "event": of.event, "by": of.actor_id,
        "about": of.subject_id, "request": of.request_id, "grant": of.grant_id, "digest": of.digest,
    }  # fmt: skip
    found = select(*columns.values()).where(days.hold(of.at), of.event.in_(events)).order_by(of.seq)
    return File(name, tuple(columns), found)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return "" if value is None else value
