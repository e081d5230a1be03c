"""What ends or shows the tokens of one leaves those of all others alone."""

from __future__ import annotations

import pytest

from broker.clock import SettableClock
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.issue import issue_for_person
from broker.credentials.tokens.of_grant import tokens_out
from broker.credentials.tokens.revoke import revoke_where
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.credentials.tokens.tables import access_tokens
from broker.identity.people import Role
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.ledger.chain import Ledger
from tests.credentials.tokens.conftest import registered

API = "https://broker.clinic.example/api/v1"


@pytest.fixture
def watched() -> Ledger:
    return Ledger([end_tokens_of_whoever_is_shut_out])


def acting_as(clinic, mint, client, person_id):
    about = {"client_id": client.id, "audience": API, "scopes": ["grants:read"], "jkt": None}
    with clinic.store.write() as tx:
        return issue_for_person(tx, mint, person_id=person_id, **about, acr=None, amr=(), auth_time=None)


def alive(clinic, mint, issued):
    with clinic.store.read() as reader:
        return live_token(reader, mint, issued.text) is not None


def test_a_grant_shows_its_own_tokens_the_latest_software_first(
    clinic, mint, granted, issued_for, client, clock: SettableClock
):
    """Two pieces of software at one grant, one at another: neither list holds the other's."""
    other = registered(clinic, name="Bedside app")
    first, second = granted(), granted()
    issued_for(first)
    clock.advance(seconds=10)
    issued_for(first, client_id=other.id)
    issued_for(first, client_id=other.id, jkt="k" * 43)
    issued_for(second)
    with clinic.store.read() as reader:
        shown = [(each.software, each.bound, each.count) for each in tokens_out(reader, first.id)]
        assert shown == [("Bedside app", False, 1), ("Bedside app", True, 1), (client.name, False, 1)]
        assert [(each.software, each.count) for each in tokens_out(reader, second.id)] == [(client.name, 1)]
        assert len(tokens_out(reader, first.id, most=2)) == 2
        assert tokens_out(reader, "grant_nobody") == []


def test_two_programs_of_one_name_are_two(clinic, granted, issued_for):
    """A name is for people to read; it does not make one program of two."""
    grant = granted()
    for _ in range(2):
        issued_for(grant, client_id=registered(clinic, name="Ward tablet").id)
    with clinic.store.read() as reader:
        assert [(each.software, each.count) for each in tokens_out(reader, grant.id)] == [
            ("Ward tablet", 1),
            ("Ward tablet", 1),
        ]


def test_one_person_who_signs_out_everywhere_signs_nobody_else_out(clinic, mint, client, watched):
    """Their colleague's software goes on."""
    colleague = clinic.join("colleague", Role.CLINICIAN)
    mine, theirs = (acting_as(clinic, mint, client, who.id) for who in (clinic.clinician, colleague))
    with clinic.store.write() as tx:
        clinic.sign_in(tx, clinic.clinician)
        end_all_sessions(
            tx, watched, clinic.clinician.id, actor=clinic.clinician.id, why=Why.SIGNED_OUT_EVERYWHERE
        )
    assert (alive(clinic, mint, mine), alive(clinic, mint, theirs)) == (False, True)


def test_tokens_that_end_together_are_told_grant_by_grant(clinic, client, granted, issued_for):
    """Each grant's story names its own tokens and no other's."""
    tokens = {grant.id: issued_for(grant).token.jti for grant in (granted(), granted())}
    with clinic.store.write() as tx:
        mine = access_tokens.c.client_id == client.id
        revoke_where(tx, clinic.ledger, mine, actor="command-line", why="withdrawn")
    told = {entry.grant: entry.facts["tokens"] for entry in clinic.entries("token.revoked")}
    assert told == {grant: [token] for grant, token in tokens.items()}
