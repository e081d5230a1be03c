"""Something the broker needs is away: no token comes of it, and taking one back goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from joserfc.jwk import Key, KeySet
from sqlalchemy import select

from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.tokens.access_token import Mint
from broker.errors import Unavailable
from tests.web.issuing.desk import App, Desk


class KeysAway:
    """The key service does not answer, so nothing can be signed; public keys are known all the same."""

    def __init__(self, published: KeySet) -> None:
        self._published = published

    def current(self) -> Key:
        raise Unavailable("The signing keys cannot be opened right now.")

    def published(self) -> KeySet:
        return self._published


@pytest.fixture
def token(desk: Desk, app: App) -> str:
    return str(desk.issued(app, desk.grant())["access_token"])


def take_keys_away(desk: Desk) -> None:
    mint = desk.front.parts.mint
    away = Mint(mint.issuer, KeysAway(mint.keys.published()), mint.ledger)
    desk.front.app.extensions["broker"] = replace(desk.front.parts, mint=away)


def test_no_token_without_a_key_and_nothing_is_used_up(desk: Desk, app: App) -> None:
    """503 and when to come again; the code is as good as before for as long as its minute lasts."""
    code = desk.code(app, desk.grant())
    take_keys_away(desk)
    for answer in (desk.exchange_code(app, code), desk.token(app, grant_type="client_credentials")):
        assert (answer.status_code, answer.get_json()["error"]) == (503, "temporarily_unavailable")
        assert answer.headers["Retry-After"]
    with desk.clinic.store.read() as reader:
        assert reader.all(select(authorization_codes.c.used_at))[0].used_at is None
    desk.front.app.extensions["broker"] = desk.front.parts
    assert desk.exchange_code(app, code).status_code == 200


def test_asking_and_taking_back_need_no_private_key(desk: Desk, app: App, token: str) -> None:
    """A revocation never waits for a key service."""
    ehr = desk.resource_server()
    take_keys_away(desk)
    assert desk.introspect(ehr, token)["active"] is True
    assert desk.post("/oauth/revoke", {"token": token}, app).status_code == 200
    assert desk.introspect(ehr, token) == {"active": False}
    assert desk.get("/oauth/jwks").status_code == 200


def test_a_mistake_of_ours_is_told_as_one(desk: Desk, app: App) -> None:
    """JSON without a word about what broke."""
    desk.front.app.extensions["broker"] = None
    answer = desk.token(app, grant_type="client_credentials")
    assert (answer.status_code, answer.get_json()["error"]) == (500, "server_error")
    assert "NoneType" not in answer.text
