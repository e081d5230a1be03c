"""Fills a PostgreSQL with grants by itself: ten million rows leave no time to send them."""

from __future__ import annotations

from sqlalchemy import Connection, Index, text

from broker.access.tables import access_requests, approvals, grants, reviews
from broker.store import Store

TABLES = (access_requests, approvals, grants, reviews)
# Three years, as a history is; one grant in eight broke the glass, one in 100,000 has a reason nobody else gives.
_STATEMENTS = (
    """INSERT INTO people (id, email, email_key, name, added_at) SELECT 'person_' || n, 'person' || n || '@clinic.example',
         'person' || n || '@clinic.example', 'Person ' || n, now() FROM generate_series(0, {people} - 1) n""",
    "INSERT INTO patients (id, clinic_ref) SELECT 'pat_' || n, 'P-' || n FROM generate_series(0, {patients} - 1) n",
    """INSERT INTO access_requests (id, submission, person_id, patient_id, entitlement, path, purpose, reason, duration_s,
         scope, site_id, state, approvals_needed, approver_roles, policy_digest, asked_at, lapses_at, closed_at{more_columns})
       SELECT 'req_' || lpad(n::text, 10, '0'), 'form_' || n, 'person_' || {person}, 'pat_' || {patient}, {what},
         {path}, CASE n % 10 WHEN 0 THEN 'TREAT' WHEN 1 THEN 'BTG' ELSE 'ETREAT' END,
         CASE WHEN n % 100000 = 77 THEN 'never-given' WHEN n % 3 = 0 THEN 'outage' ELSE 'unresponsive' END, 900,
         '{{"holdings": ["rec_0"]}}', NULL, 'approved', CASE WHEN {path} = 'ordinary' THEN 1 ELSE 0 END, '["approver"]',
         repeat('0', 64), {at} - interval '2 minutes', {at}, {at}{more_values}
       FROM generate_series(0, {count} - 1) n""",
    """INSERT INTO approvals (request_id, approver_id, verdict, at)
       SELECT 'req_' || lpad(n::text, 10, '0'), 'person_' || CASE WHEN n % 50000 = 3 THEN {people} - 1 ELSE n % 20 END,
         'approve', {at} FROM generate_series(0, {count} - 1) n WHERE {path} = 'ordinary'""",
    """INSERT INTO grants (id, request_id, person_id, patient_id, entitlement, kind, scope, site_id, state, issued_at,
         expires_at, active_at, revoking_at, revoked_at, cause, tries, family_began_at)
       SELECT 'grant_' || lpad(n::text, 10, '0'), 'req_' || lpad(n::text, 10, '0'), 'person_' || {person},
         'pat_' || {patient}, {what}, 'recording', '{{"holdings": ["rec_0"]}}', {site},
         CASE WHEN n >= {count} - 20 THEN 'active' WHEN n % 1000 = 5 THEN 'revoking' ELSE 'revoked' END, {at},
         {at} + interval '15 minutes', {at}, {at} + interval '15 minutes',
         CASE WHEN n >= {count} - 20 OR n % 1000 = 5 THEN NULL ELSE {at} + interval '15 minutes 1 second' END,
         CASE WHEN n >= {count} - 20 THEN NULL ELSE 'expired' END, 0, {at} FROM generate_series(0, {count} - 1) n""",
    """INSERT INTO reviews (grant_id, holder_id, opened_at, due_at, outcome, signed_by, signed_at{review_columns})
       SELECT 'grant_' || lpad(n::text, 10, '0'), 'person_' || {person}, {at}, {at} + interval '1 day',
         CASE WHEN n >= {count} - 500 THEN NULL WHEN n % 999 = 0 THEN 'misuse' ELSE 'appropriate' END,
         CASE WHEN n >= {count} - 500 THEN NULL ELSE 'person_0' END,
         CASE WHEN n >= {count} - 500 THEN NULL ELSE {at} + interval '5 hours' END{review_values}
       FROM generate_series(0, {count} - 1) n WHERE n % 8 = 0""",
)
_PARTS = {
    "at": "(now() - interval '1095 days' * (1 - n::float / {count}))",
    "person": "(n::bigint * 7919 % {people})",
    "patient": "(n::bigint * 104729 % {patients})",
    "what": "CASE WHEN n % 5 = 0 THEN 'patient-record' ELSE 'telehealth-recording' END",
    "path": "(CASE WHEN n % 8 = 0 THEN 'break_glass' ELSE 'ordinary' END)",
    "site": "CASE n % 6 WHEN 0 THEN 'clinic' WHEN 1 THEN 'shop' ELSE NULL END",
}


def fill(store: Store, count: int) -> None:
    """``count`` grants with requests, approvals and reviews, and the planner's counts up to date."""
    sizes = {"count": str(count), "people": "500", "patients": str(max(50, count // 50))}
    parts = {name: words.format(**sizes) for name, words in _PARTS.items()} | sizes | _newer_columns()
    with store.engine.begin() as connection:
        _quickly(connection)
        indices = [index for table in TABLES for index in table.indexes]
        for index in indices:
            index.drop(connection)
        for statement in _STATEMENTS:
            connection.execute(text(statement.format(**parts).replace(":", "\\:").replace("\\:\\:", "::")))
        _make(connection, indices)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _quickly(connection: Connection) -> None:
    for setting in (
        "maintenance_work_mem = '1GB'",
        "synchronous_commit = off",
        "session_replication_role = replica",
    ):
        connection.execute(text(f"SET LOCAL {setting}"))


def _make(connection: Connection, indices: list[Index]) -> None:
    for index in indices:
        index.create(connection)


def _newer_columns() -> dict[str, str]:
    """Columns that must be filled and are not named above, each with a value of its type."""
    found = {}
    for table, names in (
        (access_requests, ("more_columns", "more_values")),
        (reviews, ("review_columns", "review_values")),
    ):
        known = " ".join(_STATEMENTS)
        lacking = [
            c for c in table.columns if not c.nullable and c.server_default is None and c.name not in known
        ]
        values = {"BOOLEAN": "false", "INTEGER": "0"}
        found[names[0]] = "".join(f", {c.name}" for c in lacking)
        found[names[1]] = "".join(f", {values.get(str(c.type), repr('signed'))}" for c in lacking)
    return found
