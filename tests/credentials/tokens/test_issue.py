"""What a token says, and when none is issued."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jws, jwt
from sqlalchemy import func, select, update

from broker.access.grant import Cause, Grant
from broker.access.tables import grants
from broker.access.take_back import end
from broker.credentials.clients.register import Client, disable_client
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.issue import issue_for_person
from broker.credentials.tokens.tables import access_tokens
from broker.errors import Conflict, Refused
from broker.identity.disable import disable
from tests.credentials.tokens.conftest import EHR, ISSUER, OTHER, Granted, Issue
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory


def test_a_token_says_whose_what_where_and_until_when(
    clinic: Clinic, grant: Grant, client: Client, issued_for: Issue, keys: KeysInMemory
) -> None:
    """Every claim of RFC 9068 and the details of RFC 9396, and no other claim."""
    issued = issued_for(grant)
    said = jwt.decode(issued.text, keys.published(), algorithms=["ES256"])
    assert said.header == {"alg": "ES256", "kid": keys.current().kid, "typ": "at+jwt"}
    now = int(clinic.clock.now().timestamp())
    assert said.claims == {
        "iss": ISSUER,
        "sub": clinic.clinician.id,
        "aud": EHR,
        "client_id": client.id,
        "iat": now,
        "exp": now + 300,
        "jti": issued.token.jti,
        "acr": "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "amr": ["mfa", "otp"],
        "auth_time": int(grant.issued_at.timestamp()),
        "authorization_details": [
            {
                "type": "emergency_access",
                "identifier": grant.id,
                "locations": [EHR],
                "datatypes": ["AllergyIntolerance", "MedicationRequest"],
                "actions": ["read"],
                "patient": "P-1001",
                "purpose_of_use": "ETREAT",
            }
        ],
    }
    assert issued.expires_in == 300


def test_the_end_of_the_grant_is_the_end_of_the_token(
    clinic: Clinic, grant: Grant, issued_for: Issue, keys: KeysInMemory
) -> None:
    """Where less of the grant is left than a token would live, exp is the grant's own end and expires_in agrees."""
    clinic.clock.advance(minutes=13, seconds=10.5)
    issued = issued_for(grant)
    claims = jwt.decode(issued.text, keys.published(), algorithms=["ES256"]).claims
    assert datetime.fromtimestamp(claims["exp"], UTC) <= grant.expires_at
    assert issued.expires_in == claims["exp"] - claims["iat"] <= 110


def test_a_key_that_the_token_is_bound_to_is_named_in_it(grant: Grant, issued_for: Issue) -> None:
    """cnf carries the thumbprint of RFC 9449."""
    claims = json.loads(jws.extract_compact(issued_for(grant, jkt="k" * 43).text.encode()).payload)
    assert claims["cnf"] == {"jkt": "k" * 43}


def test_policy_can_want_a_bound_token(granted: Granted, issued_for: Issue) -> None:
    """dpop: required gives no bearer token."""
    grant = granted(dpop="required")
    with pytest.raises(Refused, match="bound to a key"):
        issued_for(grant)
    assert issued_for(grant, jkt="k" * 43).token.jkt == "k" * 43


def test_no_token_for_another_audience(grant: Grant, issued_for: Issue) -> None:
    """The audience is the one policy names, to the letter."""
    for audience in (OTHER, EHR + "/", EHR.upper(), ""):
        with pytest.raises(Refused, match="audience"):
            issued_for(grant, audience=audience)


@pytest.mark.parametrize("here", [ISSUER, f"{ISSUER}/", f"{ISSUER}/api/v1"])
def test_no_token_of_a_grant_for_the_broker_itself(granted: Granted, issued_for: Issue, here: str) -> None:
    """A policy that names our own address gives nobody a token that our own doors would know."""
    with pytest.raises(Refused, match="audience"):
        issued_for(granted(audience=here), audience=here)
    neighbour = f"{ISSUER}.other"
    assert issued_for(granted(audience=neighbour), audience=neighbour).token.audience == neighbour


def test_no_token_of_a_grant_that_offers_none(clinic: Clinic, issued_for: Issue) -> None:
    """A grant whose policy says nothing of software gives software nothing."""
    grant = clinic.approve(clinic.ask().request.id).grant
    assert grant is not None
    with pytest.raises(Conflict, match="not live"):
        issued_for(grant)


@pytest.mark.parametrize("minutes", [15, 16])
def test_no_token_at_the_end_or_after_it(
    clinic: Clinic, grant: Grant, issued_for: Issue, minutes: int
) -> None:
    """Nobody has swept, and still the grant is over; and a refusal leaves no row."""
    clinic.clock.advance(minutes=minutes)
    with pytest.raises(Conflict, match="not live"):
        issued_for(grant)
    with clinic.store.read() as reader:
        assert reader.execute(select(func.count()).select_from(access_tokens)).scalar_one() == 0


def test_no_token_within_the_last_fraction_of_a_second(
    clinic: Clinic, grant: Grant, issued_for: Issue
) -> None:
    """An exp in whole seconds would be over already, so nothing is issued."""
    left = grant.expires_at - clinic.clock.now()
    clinic.clock.advance(seconds=left.total_seconds(), microseconds=-1)
    assert grant.expires_at.microsecond == 0
    assert issued_for(grant, audience=EHR).expires_in == 1
    clinic.clock.advance(microseconds=1)
    with pytest.raises(Conflict):
        issued_for(grant)


def test_no_token_that_would_be_over_at_the_instant_it_is_made(
    clinic: Clinic, grant: Grant, issued_for: Issue
) -> None:
    """Half a second of the grant is left, and the whole second before its end is now."""
    with clinic.store.write() as tx:
        half = tx.at + timedelta(seconds=0.5)
        tx.execute(update(grants).where(grants.c.id == grant.id).values(expires_at=half))
    with pytest.raises(Conflict):
        issued_for(grant)


def test_nobody_acts_as_a_person_who_was_shut_out(clinic: Clinic, client: Client, mint: Mint) -> None:
    """Whatever software proved about them a moment before."""
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    with pytest.raises(Refused, match="shut out"), clinic.store.write() as tx:
        issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            client_id=client.id,
            audience=f"{ISSUER}/api/v1",
            scopes=["requests:read"],
            jkt=None,
            acr=None,
            amr=(),
            auth_time=None,
        )


def test_no_token_of_a_grant_that_was_taken_back(clinic: Clinic, grant: Grant, issued_for: Issue) -> None:
    """Taken back is taken back for software too."""
    end(clinic.equipment, grant.id, Cause.HANDED_BACK, actor=clinic.clinician.id)
    with pytest.raises(Conflict, match="not live"):
        issued_for(grant)


def test_no_token_for_somebody_who_was_shut_out(clinic: Clinic, grant: Grant, issued_for: Issue) -> None:
    """Even in the moment before their grants are ended."""
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    with pytest.raises(Conflict, match="not live"):
        issued_for(grant)


def test_no_token_for_software_that_was_switched_off(
    clinic: Clinic, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """Whatever it had proved a moment before."""
    with clinic.store.write() as tx:
        disable_client(tx, clinic.ledger, client.id, actor=clinic.admin.id)
    with pytest.raises(Refused, match="switched off"):
        issued_for(grant)


def test_an_issue_is_in_the_ledger_without_the_token(
    clinic: Clinic, grant: Grant, client: Client, issued_for: Issue, mint: Mint
) -> None:
    """Which token, for whom and until when; neither its text nor the patient."""
    issued = issued_for(grant)
    entry = clinic.entries("token.issued")[-1]
    assert (entry.actor, entry.grant, entry.subject) == (clinic.clinician.id, grant.id, clinic.clinician.id)
    assert entry.facts == {
        "token": issued.token.jti,
        "client": client.id,
        "software": "Ward app",
        "audience": EHR,
        "scopes": [],
        "expires_at": issued.token.expires_at.isoformat(),
        "bound": False,
        "actor": None,
    }
