"""Authlib's and requests-oauthlib's clients, each by its own documentation."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from joserfc.jwk import RSAKey
from oauthlib.oauth2 import AccessDeniedError, BackendApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session as RequestsSession

from broker.credentials.clients.register import AuthMethod, GrantType
from tests.oauth_clients.ward import BACK, EHR, Software, Ward


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has no certificate; both libraries want to hear that it is meant."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def server(ward: Ward) -> dict[str, Any]:
    """What the broker says of itself, found and judged as the library does."""
    found = requests.get(get_well_known_url(ward.url, external=True), timeout=20).json()
    AuthorizationServerMetadata(found).validate()
    return dict(found)


def session(software: Software) -> OAuth2Session:
    return OAuth2Session(software.id, software.secret, redirect_uri=BACK, code_challenge_method="S256")


def test_authlib_by_code(ward: Ward, server: dict[str, Any]) -> None:
    """To a token, to what introspection says of it, and to its end: by revocation, and with the access."""
    grant, software = ward.grant(), ward.register()
    client, verifier = session(software), generate_token(48)
    where, state = client.create_authorization_url(
        server["authorization_endpoint"], code_verifier=verifier, resource=EHR
    )
    back = ward.walk(where)
    token = client.fetch_token(
        server["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state
    )
    assert token["authorization_details"][0]["identifier"] == grant.id
    text = token["access_token"]
    look = lambda: client.introspect_token(server["introspection_endpoint"], token=text).json()  # noqa: E731
    assert look()["active"] is True
    client.revoke_token(server["revocation_endpoint"], token=text)
    assert look() == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(
            server["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state
        )


def test_authlib_by_its_own_signature(ward: Ward, server: dict[str, Any]) -> None:
    """private_key_jwt as the library makes it, an hour long and without a kid."""
    key = RSAKey.generate_key(2048, {"kid": "app-1"})
    software = ward.register(
        auth_method=AuthMethod.KEY, jwks={"keys": [{**key.as_dict(private=False), "kid": "app-1"}]}
    )
    client = OAuth2Session(
        software.id, key, token_endpoint_auth_method="private_key_jwt", scope="grants:read"
    )
    client.register_client_auth_method(PrivateKeyJWT(server["token_endpoint"]))
    for _ in range(2):
        token = client.fetch_token(server["token_endpoint"], grant_type="client_credentials")
        assert (token["scope"], token["expires_in"]) == ("grants:read", 300)
    assert "refresh_token" not in token


def test_requests_oauthlib_by_code(ward: Ward, server: dict[str, Any]) -> None:
    """A second library, with its own PKCE and state; the token dies with the access."""
    grant, software = ward.grant(), ward.register()
    client = RequestsSession(software.id, redirect_uri=BACK, pkce="S256")
    where, _ = client.authorization_url(server["authorization_endpoint"])
    proof = HTTPBasicAuth(software.id, software.secret)
    token = client.fetch_token(server["token_endpoint"], authorization_response=ward.walk(where), auth=proof)
    look = lambda: requests.post(  # noqa: E731
        server["introspection_endpoint"], data={"token": token["access_token"]}, auth=proof, timeout=20
    ).json()
    assert look()["active"] is True
    ward.end(grant)
    assert look() == {"active": False}


def test_requests_oauthlib_hears_no(ward: Ward, server: dict[str, Any]) -> None:
    """As an error of its own, before anything is exchanged."""
    ward.grant()
    software = ward.register()
    client = RequestsSession(software.id, redirect_uri=BACK, pkce="S256")
    where, _ = client.authorization_url(server["authorization_endpoint"])
    with pytest.raises(AccessDeniedError):
        client.fetch_token(server["token_endpoint"], authorization_response=ward.walk(where, press="deny"))


def test_requests_oauthlib_by_code_for_a_public_client(ward: Ward, server: dict[str, Any]) -> None:
    ward.grant()
    software = ward.register(auth_method=AuthMethod.NONE, grant_types=frozenset({GrantType.CODE}))
    client = RequestsSession(software.id, redirect_uri=BACK, pkce="S256")
    where, _ = client.authorization_url(server["authorization_endpoint"])
    token = client.fetch_token(
        server["token_endpoint"], authorization_response=ward.walk(where), include_client_id=True
    )
    assert token["token_type"] == "Bearer"


def test_requests_oauthlib_for_itself(ward: Ward, server: dict[str, Any]) -> None:
    """With the scopes it has, and with an error it understands for one it has not."""
    software = ward.register()
    proof = HTTPBasicAuth(software.id, software.secret)
    client = RequestsSession(client=BackendApplicationClient(software.id, scope=["grants:read"]))
    assert client.fetch_token(server["token_endpoint"], auth=proof)["scope"] == ["grants:read"]
    greedy = RequestsSession(client=BackendApplicationClient(software.id, scope=["people:read"]))
    with pytest.raises(OAuth2Error, match="invalid_scope"):
        greedy.fetch_token(server["token_endpoint"], auth=proof)
