"""Sessions end for a reason, and each end stands in the ledger once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.errors import NotFound
from broker.identity.sessions.end_session import (
    Why,
    close_expired,
    close_expired_sessions,
    end_all_sessions,
    end_session,
    end_sessions,
)
from broker.identity.sessions.sessions import ABSOLUTE_LIMIT, FIRST_FACTOR_LIMIT, IDLE_LIMIT, look_up, touch
from broker.identity.tables import sessions
from broker.ledger.read import entries_after


def ended(store):
    with store.read() as reader:
        found = [
            each.entry for each in entries_after(reader, 0, 1_000) if each.entry.event == "session.ended"
        ]
        return [(each.actor, each.subject, each.facts["session"], each.facts["why"]) for each in found]


def live(store):
    with store.read() as reader:
        rows = reader.all(select(sessions.c.id).where(sessions.c.ended_at.is_(None)))
        return {row.id for row in rows}


def session_id(store, token):
    with store.read() as reader:
        return look_up(reader, token).id


def test_an_end_names_who_ended_whose_session_and_why(desk, store, ledger, clinician):
    """Ended twice it is written once, and there is no ending what never was."""
    ending = session_id(store, desk.sign_in(clinician))
    for _ in range(2):
        with store.write() as tx:
            end_session(tx, ledger, ending, actor="person_admin", why=Why.ENDED_BY_OTHER)
    assert ended(store) == [("person_admin", clinician.id, ending, "ended_by_other")]
    with store.write() as tx, pytest.raises(NotFound, match="no such session"):
        end_session(tx, ledger, "session_nobody", actor="person_admin", why=Why.ENDED_BY_OTHER)


def test_all_of_a_person_end_but_the_one_that_is_kept(desk, desk_at, store, ledger, clinician, newcomer):
    """Others' sessions go on; how many ended is told."""
    tokens = []
    for _ in range(3):
        tokens.append(desk.sign_in(clinician))
        desk.clock.advance(minutes=1)
    other = desk_at("192.0.2.77").password("newcomer@clinic.example")
    kept = session_id(store, tokens[1])
    with store.write() as tx:
        told = end_all_sessions(
            tx, ledger, clinician.id, actor=clinician.id, why=Why.SIGNED_OUT_EVERYWHERE, keep=kept
        )
    assert told == 2
    assert live(store) == {kept, session_id(store, other)}
    assert {why for *_, why in ended(store)} == {"signed_out_everywhere"}


@pytest.mark.parametrize("over", [IDLE_LIMIT, ABSOLUTE_LIMIT])
def test_what_its_limits_ended_is_closed_and_nothing_sooner(desk, store, clinician, over):
    """To the second: one before nothing happens, at the limit it is closed."""
    token = desk.sign_in(clinician)
    began = desk.clock.now()
    if over is ABSOLUTE_LIMIT:
        while desk.clock.now() - began < over - IDLE_LIMIT:
            desk.clock.advance(minutes=20)
            with store.write() as tx:
                touch(tx, look_up(tx, token))
    last = desk.clock.now() if over is IDLE_LIMIT else began
    desk.clock.advance(seconds=(last + over - desk.clock.now() - timedelta(seconds=1)).total_seconds())
    assert close_expired(store) == 0
    desk.clock.advance(seconds=1)
    assert close_expired(store) == 1
    assert not live(store)
    assert close_expired(store) == 0


def test_a_password_alone_is_closed_after_its_ten_minutes(desk, store, clinician):
    """A session with both factors that began at the same time goes on."""
    desk.password(clinician.email)
    whole = desk.sign_in(clinician)
    desk.clock.advance(seconds=FIRST_FACTOR_LIMIT.total_seconds() - 1)
    with store.write() as tx:
        assert close_expired_sessions(tx) == 0
    desk.clock.advance(seconds=1)
    with store.write() as tx:
        assert close_expired_sessions(tx) == 1
    assert live(store) == {session_id(store, whole)}


def test_some_of_a_person_end_in_the_order_they_were_named(desk, store, ledger, clinician):
    """A provider names the ones it opened; the others go on."""
    ids = []
    for _ in range(3):
        ids.append(session_id(store, desk.sign_in(clinician)))
        desk.clock.advance(minutes=1)
    with store.write() as tx:
        end_sessions(
            tx, ledger, clinician.id, [ids[2], ids[0]], actor="provider", why=Why.SIGNED_OUT_BY_PROVIDER
        )
    assert ended(store) == [
        ("provider", clinician.id, each, "signed_out_by_provider") for each in (ids[2], ids[0])
    ]
    assert live(store) == {ids[1]}
