"""Tokens for the broker's own API: software's own, and a person's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.issue import LIFETIME, issue_for_person, issue_for_software
from broker.errors import Refused
from broker.identity.disable import disable

API = "https://broker.clinic.example/api/v1"
KEY = "k" * 43


def test_software_gets_what_it_asked_for_bound_to_its_key(clinic, mint, client):
    """Scopes, key, audience and end are those of the row and of the text."""
    with clinic.store.write() as tx:
        issued = issue_for_software(
            tx, mint, client_id=client.id, audience=API, scopes=["grants:read", "grants:end"], jkt=KEY
        )
    with clinic.store.read() as reader:
        token = live_token(reader, mint, issued.text, audience=API)
    assert token == issued.token
    assert token.scopes == {"grants:read", "grants:end"}
    assert (token.jkt, token.person_id, token.grant_id) == (KEY, None, None)
    assert token.expires_at == token.issued_at + LIFETIME


def test_a_person_s_token_says_how_sure_it_is_of_them(clinic, mint, client):
    """Strength, ways and instant of the proof come out as they went in, and who acts for them."""
    proved = clinic.clock.now() - timedelta(minutes=3)
    about = {"client_id": client.id, "audience": API, "scopes": ["requests:write"], "jkt": KEY}
    with clinic.store.write() as tx:
        issued = issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            **about,
            acr="phr",
            amr=["user", "pop"],
            auth_time=proved,
            actor=client.id,
        )
    with clinic.store.read() as reader:
        token = live_token(reader, mint, issued.text, audience=API)
    assert (token.acr, token.amr, token.auth_time) == ("phr", ("user", "pop"), proved)
    assert (token.scopes, token.jkt, token.person_id) == ({"requests:write"}, KEY, clinic.clinician.id)


def test_what_is_not_known_of_the_proof_is_not_said(clinic, mint, client):
    """A token made on another system's word alone carries no strength of ours."""
    with clinic.store.write() as tx:
        issued = issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            client_id=client.id,
            audience=API,
            scopes=["grants:read"],
            jkt=None,
            acr=None,
            amr=(),
            auth_time=None,
        )
    assert (issued.token.acr, issued.token.amr, issued.token.auth_time) == (None, (), None)


def test_nobody_who_was_shut_out_gets_one(clinic, mint, client):
    """Said in a sentence, and nothing is left behind."""
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    with clinic.store.write() as tx, pytest.raises(Refused, match="This person was shut out"):
        issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            client_id=client.id,
            audience=API,
            scopes=["grants:read"],
            jkt=None,
            acr=None,
            amr=(),
            auth_time=None,
        )
