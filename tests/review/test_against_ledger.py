"""What a database's owner edits beside the chain is noticed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.access.activate import activate
from broker.access.decide import Verdict, decide
from broker.access.extend import extend
from broker.access.grant import Grant, insert_grant
from broker.access.tables import access_requests
from broker.access.withdraw import withdraw
from broker.clock import SettableClock, new_id
from broker.identity.caller import Caller
from broker.identity.disable import disable, enable
from broker.identity.factors.step_up import Method
from broker.identity.people import Role, set_roles
from broker.identity.sessions import sessions
from broker.identity.tables import people
from broker.patients.holdings import Holding, HoldingKind, add_holding, new_holding_id
from broker.review.against_ledger.check import MOST_KEPT, check_rows
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from broker.revocation.sweep import sweep
from broker.store import Store
from tests.fakes.past import Past


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    return Past(store, clock)


@pytest.fixture
def live(past: Past) -> Grant:
    """The glass broken, its review open; a request that was denied, and one that waits."""
    grant, fresh = past.broken(), past.approver.fresh
    decide(past.equipment, past.approver.person, past.ask().request.id, Verdict.DENY, "why", fresh)
    past.ask()
    return grant


def _said(past: Past) -> list[str]:
    return [f"{each.table}: {each.words}" for each in check_rows(past.store, past.notes).disagreements]


def _edit(past: Past, *statements: str) -> None:
    with past.store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_whatever_the_broker_does_rows_and_ledger_agree(past: Past) -> None:
    """Asked, lapsed, denied, withdrawn, granted, extended, broken, ended, unconfirmed, signed, disabled, enabled."""
    for _ in _everything_that_can_happen(past):
        assert _said(past) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE grants SET expires_at = '2027-01-01 00:00:00.000000'", "grants: expires_at is 2027"),
        ("UPDATE grants SET state = 'revoked'", "grants: state is revoked, the ledger says active"),
        ("UPDATE grants SET person_id = 'person_x'", "grants: person_id is person_x"),
        ("UPDATE grants SET patient_id = 'pat_x'", "grants: patient_id is pat_x"),
        ("UPDATE grants SET scope = '{\"holdings\": [\"rec_x\"]}'", "grants: scope_sha256"),
        ("UPDATE grants SET account = 'administrator'", "grants: account is administrator"),
        ("UPDATE grants SET family_began_at = '2027-01-01 00:00:00.000000'", "grants: family_began_at"),
        ("DELETE FROM reviews", "reviews: the row is gone"),
        ("UPDATE reviews SET due_at = '2027-01-01 00:00:00.000000'", "reviews: due_at is 2027"),
        ("UPDATE reviews SET signed_at = opened_at, signed_by = 'x', outcome = 'appropriate'", "signed_by is x"),
        ("UPDATE access_requests SET scope = '{}' WHERE state = 'pending'", "access_requests: scope_sha256"),
        ("UPDATE notes SET plain = 'other'", "notes: its text is not the one the ledger holds"),
        ("UPDATE notes SET sealed = x'01'", "notes: its text is not the one the ledger holds"),
        ("UPDATE notes SET wrapped = NULL", "notes: its key was lost or exchanged"),
        ("UPDATE notes SET wrapped = x'01'", "notes: its key was lost or exchanged"),
        ("UPDATE notes SET author_id = 'person_x'", "notes: no entry of the ledger wrote it"),
        ("UPDATE notes SET erased_at = written_at, sealed = NULL, wrapped = NULL", "no entry of the ledger says so"),
        ("DELETE FROM notes", "notes: the row is gone"),
        ("UPDATE access_requests SET duration_s = 9000", "access_requests: minutes is 150"),
        ("UPDATE access_requests SET approvals_needed = 0", "approvals_needed is 0, the ledger says 1"),
        ("UPDATE access_requests SET state = 'approved' WHERE state = 'pending'", "the ledger says pending"),
        (
            "INSERT INTO approvals SELECT id, 'person_x', 'approve', asked_at FROM access_requests",
            "approvals: person_x is said to approve",
        ),
        ("UPDATE access_requests SET factor_method = 'passkey'", "access_requests: factor is"),
        ("UPDATE access_requests SET factor_at = '2027-01-01 00:00:00.000000'", "access_requests: factor is"),
        ("INSERT INTO person_roles SELECT id, 'admin' FROM people WHERE name = 'clinician'", "roles is ['admin'"),
        ("UPDATE people SET disabled_at = added_at WHERE name = 'approver'", "people: disabled is True"),
        ("DELETE FROM totp_factors", "people: has_factor is False, the ledger says True"),
        (
            "INSERT INTO passkeys SELECT 'passkey_x', id, id, 'x', 'x', 'x', 0, '[]', '', 'x', 0, added_at, NULL, NULL FROM people WHERE name = 'admin'",
            "people: passkeys is ['passkey_x']",
        ),
    ],
)  # fmt: skip
def test_an_edit_is_named(past: Past, live: Grant, edit: str, said: str) -> None:
    """Each row an intruder would like to change, with what the ledger says instead."""
    assert _said(past) == []
    _edit(past, edit)
    assert any(said in each for each in _said(past)), _said(past)


def test_a_grant_that_was_never_issued_is_named(past: Past, live: Grant) -> None:
    """Nor is one believed that was copied from another, with all its rows."""
    with past.store.write() as tx:
        request = tx.all(select(access_requests).where(access_requests.c.id == live.request_id))[0]
        copied = {**request._mapping, "id": "req_x", "submission": "form_x"}
        tx.execute(access_requests.insert().values(**copied))
        insert_grant(tx, replace(live, id="grant_x", request_id="req_x"))
    assert _said(past) == [
        "grants: no entry of the ledger issued it.",
        "access_requests: no entry of the ledger asked for it.",
    ]


def test_a_grant_deleted_with_its_traces_is_named(past: Past, live: Grant) -> None:
    """The ledger remembers what no row does."""
    _edit(past, "DELETE FROM reviews", "DELETE FROM grants")
    assert _said(past) == [
        "grants: the row is gone; the ledger says that it was made.",
        "reviews: the row is gone; the ledger says that it was made.",
    ]


def test_a_session_nobody_signed_in_for_is_named(past: Past) -> None:
    """Somebody put a session with both factors into the table."""
    with past.store.write() as tx:
        opened = sessions.begin(tx, past.clinician.id, Caller("192.0.2.66"))
        sessions.elevate(tx, opened.token, Method.TOTP)
    assert _said(past) == ["sessions: no entry of the ledger tells of this sign-in."]


def test_a_row_nobody_can_read_is_named_and_the_rest_is_looked_at(past: Past, live: Grant) -> None:
    """Damage does not hide other damage."""
    if past.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps no time that is none")
    other = past.broken()
    _edit(
        past,
        f"UPDATE grants SET expires_at = 'never' WHERE id = '{live.id}'",
        f"UPDATE grants SET person_id = 'person_x' WHERE id = '{other.id}'",
    )
    said = _said(past)
    assert "grants: the row cannot be read." in said
    assert any("person_id is person_x" in each for each in said)


def test_more_than_anybody_reads_is_counted(past: Past, live: Grant) -> None:
    """The first hundred are named, all are counted, and more than one batch is read."""
    with past.store.write() as tx:
        for number in range(MOST_KEPT + 450):
            email = f"p{number}@clinic.example"
            row = {
                "id": new_id("person"),
                "email": email,
                "email_key": email,
                "name": email,
                "added_at": tx.at,
            }
            tx.execute(people.insert().values(**row))
    checked = check_rows(past.store)
    assert (len(checked.disagreements), checked.count) == (MOST_KEPT, MOST_KEPT + 450)
    assert not checked.ok


def test_a_patient_with_very_many_recordings_can_be_helped_too(past: Past) -> None:
    """A scope too long for an entry of the ledger is kept there by its digest."""
    with past.store.write() as tx:
        for _ in range(400):
            kind = HoldingKind.RECORDING
            add_holding(
                tx, Holding(new_holding_id(kind), past.patient.id, kind, "A visit", "audio/wav", tx.at)
            )
    assert len(past.broken().scope["holdings"]) == 401
    assert _said(past) == []


def _everything_that_can_happen(past: Past) -> Iterator[object]:
    who, other = past.clinician, past.join("second-reviewer", Role.REVIEWER)
    yield past.ask()
    yield withdraw(past.equipment, who.person, past.ask().request.id)
    yield past.ended(past.on_site())
    yield past.unconfirmed()
    yield past.doubly_approved()
    yield sign(past.equipment, other.person, past.broken().id, Outcome.QUESTIONABLE, "no need")
    fresh = past.approver.fresh
    yield decide(past.equipment, past.approver.person, past.ask().request.id, Verdict.DENY, "why", fresh)
    running = past.ordinary()
    more = extend(past.equipment, who.person, running.id, timedelta(minutes=15), new_id("form"), who.code())
    extended = past.approve(more.request.id).grant
    assert extended
    yield activate(past.equipment, extended.id)
    past.clock.advance(hours=3)
    yield sweep(past.equipment)
    with past.store.write() as tx:
        set_roles(tx, past.ledger, other.id, [Role.ADMIN, Role.REVIEWER], actor="broker")
        disable(tx, past.ledger, other.id, actor="broker")
    yield other
    with past.store.write() as tx:
        enable(tx, past.ledger, other.id, actor="broker")
    yield other
