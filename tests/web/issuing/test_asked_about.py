"""Introspection and revocation, as software calls them."""

from __future__ import annotations

from typing import Any

import pytest

from broker.access.hand_back import hand_back
from tests.web.issuing.desk import EHR, App, Desk


def test_the_resource_server_hears_what_a_live_token_says(desk: Desk, app: App) -> None:
    """RFC 7662, 2.2: and nobody else does, but the software it was given to."""
    token = desk.issued(app, desk.grant())["access_token"]
    said = desk.introspect(desk.resource_server(), token)
    assert (said["active"], said["aud"], said["client_id"], said["token_type"]) == (
        True,
        EHR,
        app.id,
        "Bearer",
    )
    assert said["authorization_details"][0]["patient"] == "P-1001"
    assert desk.introspect(app, token)["active"] is True
    for stranger in (desk.resource_server("https://elsewhere.example"), desk.register(name="Another")):
        assert desk.introspect(stranger, token) == {"active": False}


def test_a_token_is_dead_the_moment_its_access_is(desk: Desk, app: App) -> None:
    grant = desk.grant()
    token, ehr = desk.issued(app, grant)["access_token"], desk.resource_server()
    assert desk.introspect(ehr, token)["active"] is True
    hand_back(desk.clinic.equipment, desk.who.person, grant.id)
    assert desk.introspect(ehr, token) == {"active": False}


def test_whatever_is_no_live_token_is_answered_alike(desk: Desk, app: App) -> None:
    """To the byte; the library turns an unknown token into a mistake of its own, and a valid one without scopes into 401."""
    ehr = desk.resource_server()
    token = desk.issued(app, desk.grant())["access_token"]
    scopeless = desk.introspect(ehr, token)
    assert scopeless["active"] is True
    assert "scope" not in scopeless
    head, payload, _ = token.split(".")
    for text in (
        "x",
        "é",
        "a.b.c",
        token[:-3],
        f"{head}.{payload}.",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        "t" * 15_000,
    ):
        answer = desk.post("/oauth/introspect", {"token": text}, ehr)
        assert (answer.status_code, answer.data.strip()) == (200, b'{"active":false}'), text[:20]
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_client_lets_go_of_its_token(desk: Desk, app: App) -> None:
    """RFC 7009: 200 and dead; again, unknown, or another's: 200 and nothing happens."""
    token, ehr = desk.issued(app, desk.grant())["access_token"], desk.resource_server()
    other = desk.register(name="Another")
    for who, text in ((other, token), (app, "unknown"), (app, token + "x")):
        assert desk.post("/oauth/revoke", {"token": text}, who).status_code == 200
        assert desk.introspect(ehr, token)["active"] is True
    for _ in range(2):
        answer = desk.post("/oauth/revoke", {"token": token, "token_type_hint": "made_up"}, app)
        assert (answer.status_code, answer.data) == (200, b"")
        assert desk.introspect(ehr, token) == {"active": False}


def test_public_software_lets_go_by_its_name(desk: Desk) -> None:
    app = desk.public()
    token = desk.issued(app, desk.grant())["access_token"]
    assert desk.post("/oauth/revoke", {"token": token, "client_id": app.id}).status_code == 200
    assert desk.introspect(desk.resource_server(), token) == {"active": False}


@pytest.mark.parametrize("path", ["/oauth/introspect", "/oauth/revoke"])
def test_nobody_asks_without_saying_who_they_are(desk: Desk, app: App, path: str) -> None:
    """RFC 7662, 2.1: so that nobody fishes for tokens. And not without a token."""
    answer = desk.post(path, {"token": "x"})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    answer = desk.post(path, {}, app)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_the_metadata_says_all_there_is(desk: Desk) -> None:
    """RFC 8414: every endpoint answers where it says, and everybody may keep it for a while."""
    answer = desk.get("/.well-known/oauth-authorization-server")
    said: dict[str, Any] = answer.get_json()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["authorization_details_types_supported"] == ["emergency_access"]
    assert said["authorization_response_iss_parameter_supported"] is True
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        path = said[name].removeprefix(said["issuer"])
        assert desk.post(path).status_code in {400, 401}, name
    assert desk.get(said["jwks_uri"].removeprefix(said["issuer"])).get_json()["keys"]


def test_the_keys_are_public_ones_alone(desk: Desk) -> None:
    """Each with kid, alg and use; not a letter of a private one."""
    answer = desk.get("/oauth/jwks")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    for key in answer.get_json()["keys"]:
        assert {"kid", "kty", "alg", "use"} <= key.keys()
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()


def test_that_there_is_no_key_yet_is_not_kept(desk: Desk) -> None:
    """A broker in its first second: whoever asks then asks again, and finds the key."""
    desk.front.parts.signing_keys.withdraw_oldest()
    answer = desk.get("/oauth/jwks")
    assert (answer.get_json(), answer.headers["Cache-Control"]) == ({"keys": []}, "no-store")


def test_what_may_not_be_kept_is_not(desk: Desk, app: App) -> None:
    """Tokens and pages that hand out codes stay out of every cache."""
    assert desk.token(app, grant_type="client_credentials").headers["Cache-Control"] == "no-store"
    assert desk.browser().get(desk.address(app)).headers["Cache-Control"] == "no-store"
