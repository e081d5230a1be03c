"""Who may ask about a token, and what they hear."""

from __future__ import annotations

from typing import Any

import pytest

from broker.access.grant import Cause, Grant
from broker.access.take_back import end
from broker.credentials.clients.register import AuthMethod, Client
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.claims import claims_of
from broker.credentials.tokens.introspect import introspect
from broker.credentials.tokens.issue import issue_for_software
from tests.credentials.tokens.conftest import EHR, ISSUER, OTHER, Issue, registered
from tests.fakes.clinic import Clinic

INACTIVE = {"active": False}


def heard(clinic: Clinic, mint: Mint, asking: Client, text: str) -> dict[str, Any]:
    with clinic.store.read() as reader:
        return introspect(reader, mint, asking, text)


def test_the_server_a_token_is_for_hears_all_it_says(
    clinic: Clinic, mint: Mint, ehr: Client, grant: Grant, issued_for: Issue
) -> None:
    """Active, of which kind, and the very claims that are in it."""
    issued = issued_for(grant)
    claims = claims_of(issued.token, ISSUER)
    assert heard(clinic, mint, ehr, issued.text) == {"active": True, "token_type": "Bearer", **claims}
    bound = issued_for(grant, jkt="k" * 43)
    answer = heard(clinic, mint, ehr, bound.text)
    assert (answer["token_type"], answer["cnf"]) == ("DPoP", {"jkt": "k" * 43})


def test_the_client_a_token_was_given_to_may_ask(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """So that an app can tell why a server refused it."""
    assert heard(clinic, mint, client, issued_for(grant).text)["active"] is True


@pytest.mark.parametrize("audience", [OTHER, EHR + "/", "", None])
def test_everybody_else_hears_nothing(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue, audience: str | None
) -> None:
    """Another resource server, or software that is none, is told the same as for nonsense."""
    other = registered(clinic, name="Other", auth_method=AuthMethod.SECRET, audience=audience)
    assert heard(clinic, mint, other, issued_for(grant).text) == INACTIVE


def test_nothing_tells_a_dead_token_from_nonsense(
    clinic: Clinic, mint: Mint, ehr: Client, grant: Grant, issued_for: Issue
) -> None:
    """Ended, expired, cut, foreign, no token at all: one answer of one shape."""
    ended = issued_for(grant).text
    end(clinic.equipment, grant.id, Cause.HANDED_BACK, actor=clinic.clinician.id)
    nonsense = ["", ".", "..", "a.b.c", ended[:-1], "x" * 1_000_000, "ü" * 100, "\ud800", "\0", ended + ended]
    for text in (ended, *nonsense):
        assert heard(clinic, mint, ehr, text) == INACTIVE


def test_the_end_of_a_grant_is_heard_in_the_same_instant(
    clinic: Clinic, mint: Mint, ehr: Client, grant: Grant, issued_for: Issue
) -> None:
    """Active before the commit that ends it, inactive after, and no time in between."""
    text, before = issued_for(grant).text, clinic.clock.now()
    assert heard(clinic, mint, ehr, text)["active"]
    end(clinic.equipment, grant.id, Cause.ENDED_BY_SECURITY, actor=clinic.approver.id)
    assert clinic.clock.now() == before
    assert heard(clinic, mint, ehr, text) == INACTIVE


def test_software_that_acts_for_itself_is_its_own_subject(clinic: Clinic, mint: Mint, client: Client) -> None:
    """No person, no grant, no word of how sure anybody was."""
    audience = f"{ISSUER}/api/v1"
    with clinic.store.write() as tx:
        issued = issue_for_software(
            tx, mint, client_id=client.id, audience=audience, scopes=["sites:read", "grants:read"], jkt=None
        )
    answer = heard(clinic, mint, client, issued.text)
    assert (answer["sub"], answer["scope"]) == (client.id, "grants:read sites:read")
    assert not {"acr", "amr", "auth_time", "authorization_details", "act"} & set(answer)
