"""openid-client for Node, which checks issuer, state, PKCE, DPoP and the answers' shapes by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from broker.credentials.clients.register import AuthMethod, GrantType
from tests.needs import lacks
from tests.oauth_clients.node.openid_client import client_folder, run_client
from tests.oauth_clients.ward import BACK, EHR, Software, Ward

EXCHANGE = GrantType.EXCHANGE.value
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"


@pytest.fixture(scope="session", autouse=True)
def _openid_client() -> None:
    try:
        client_folder()
    except RuntimeError as error:
        lacks(str(error))


@pytest.fixture(scope="session")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "node-1", "alg": "ES256", "use": "sig"})


def run(ward: Ward, software: Software, **told: Any) -> dict[str, Any]:
    usual = {"issuer": ward.url, "client_id": software.id, "secret": software.secret, "redirect_uri": BACK}
    return run_client(ward.walk, **{**usual, **told})


@pytest.mark.parametrize("bound", [False, True])
def test_by_code(ward: Ward, *, bound: bool) -> None:
    """From discovery to revocation; bound to a key with our nonce, the thumbprint sent ahead, or for whoever holds it."""
    grant, software = ward.grant(), ward.register(dpop_required=bound)
    said = run(ward, software, asked={"resource": EHR}, bound=bound)
    assert "error" not in said, said
    assert said["tokens"]["token_type"] == ("dpop" if bound else "bearer")
    assert said["payload"]["authorization_details"][0]["identifier"] == grant.id
    assert ("cnf" in said["payload"]) is bound
    assert (said["active"], said["after"]) == (True, False)


def test_by_code_for_a_public_client_that_holds_a_key(ward: Ward) -> None:
    """What an app on a phone should do."""
    ward.grant()
    software = ward.register(
        auth_method=AuthMethod.NONE, grant_types=frozenset({GrantType.CODE}), dpop_required=True
    )
    said = run(ward, software, secret="", public=True, asked={}, bound=True)
    assert said["payload"]["cnf"]["jkt"], said


def test_for_itself_by_a_signature(ward: Ward, key: ECKey) -> None:
    """Each call signs anew: token, introspection and revocation endpoint take the same proof."""
    software = ward.register(auth_method=AuthMethod.KEY, jwks={"keys": [key.as_dict(private=False)]})
    said = run(ward, software, secret="", key=key.as_dict(private=True), scope="grants:read")
    assert said["tokens"]["scope"] == "grants:read", said
    assert (said["active"], said["after"]) == (True, False)


def test_for_a_user_of_another_system(ward: Ward) -> None:
    """An EHR hands in its user's ID token and gets a token of that user's live access."""
    issuer_key = ECKey.generate_key("P-256", {"kid": "ehr-1"})
    grant, software = ward.grant(), ward.register()
    trusted = ward.trust(software, jwks={"keys": [{**issuer_key.as_dict(private=False), "kid": "ehr-1"}]})
    now = int(ward.broker.parts.clock.now().timestamp())
    claims = {
        "iss": trusted.issuer,
        "aud": trusted.audience,
        "sub": "u-1",
        "iat": now,
        "exp": now + int(timedelta(minutes=5).total_seconds()),
        "email": ward.clinician.email,
        "email_verified": True,
    }
    token = jwt.encode({"alg": "ES256", "kid": "ehr-1"}, claims, issuer_key)
    handed_in = {"subject_token": token, "subject_token_type": ID_TOKEN, "resource": EHR}
    said = run(ward, software, grant_type=EXCHANGE, exchange=handed_in)
    assert said["payload"]["act"] == {"sub": software.id}, said
    assert said["payload"]["authorization_details"][0]["identifier"] == grant.id


def test_an_error_is_one_it_understands(ward: Ward) -> None:
    """By its code, for what is asked for too much and for who is not who they say."""
    software = ward.register()
    assert run(ward, software, scope="people:read")["error"] == "invalid_scope"
    refused = run(ward, software, secret="wrong", scope="grants:read")["error"]
    assert refused == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"  # what it makes of 401 with the scheme to try
