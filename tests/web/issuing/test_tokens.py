"""The token endpoint: codes, software for itself, and what is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from sqlalchemy import select, update

from broker.access.hand_back import hand_back
from broker.access.tables import grants
from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.clients.register import GrantType, disable_client
from broker.identity.disable import disable
from broker.identity.sessions.end_session import Why, end_session
from broker.identity.sessions.sessions import sessions_of
from tests.fakes.front import BASE
from tests.web.issuing.desk import API, CALLBACK, EHR, VERIFIER, App, Desk, claims, details


def error_of(answer: Any, status: int = 400) -> str:
    """The code of a refusal, whose shape and headers are those of RFC 6749, 5.2."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body.keys() <= {"error", "error_description"}
    return str(body["error"])


def test_a_code_becomes_a_token_of_the_chosen_access(desk: Desk, app: App) -> None:
    """RFC 9068 and 9396: whose, what, until when; the answer and the token agree in the end."""
    grant = desk.grant()
    answer = desk.exchange_code(app, desk.code(app, grant))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "authorization_details"}
    assert body["token_type"] == "Bearer"
    said = claims(body["access_token"])
    assert (said["iss"], said["aud"], said["sub"]) == (BASE, EHR, desk.who.id)
    assert said["client_id"] == app.id
    assert said["exp"] - said["iat"] == body["expires_in"] == 300
    assert body["authorization_details"] == said["authorization_details"]
    key = next(iter(desk.front.parts.mint.keys.published().keys))
    header = jwt.decode(body["access_token"], key, algorithms=[str(key.alg)]).header
    assert header["typ"] == "at+jwt"


def test_the_token_ends_with_the_access_and_the_answer_says_so(desk: Desk, app: App) -> None:
    """The library once said 60 seconds of a token that lived 300: both are one number here."""
    grant = desk.grant()
    desk.clinic.clock.advance(minutes=13)
    body = desk.issued(app, grant)
    said = claims(body["access_token"])
    assert said["exp"] == int(grant.expires_at.timestamp())
    assert body["expires_in"] == said["exp"] - said["iat"] <= 120


def test_public_software_needs_nothing_but_its_name_and_the_verifier(desk: Desk) -> None:
    app, grant = desk.public(), desk.grant()
    assert desk.issued(app, grant)["token_type"] == "Bearer"


def test_a_code_works_once_and_a_second_use_takes_the_token_back(desk: Desk, app: App) -> None:
    """Nobody can say which of the two is the thief (RFC 6749, 4.1.2; RFC 9700, 2.1.1)."""
    code = desk.code(app, desk.grant())
    token = desk.exchange_code(app, code).get_json()["access_token"]
    ehr = desk.resource_server()
    assert desk.introspect(ehr, token)["active"] is True
    assert error_of(desk.exchange_code(app, code)) == "invalid_grant"
    assert desk.introspect(ehr, token) == {"active": False}
    assert desk.clinic.events()[-2:] == ["token.revoked", "code.refused"]


def test_two_who_show_a_code_at_once_get_one_token_that_is_dead(desk: Desk, app: App) -> None:
    code = desk.code(app, desk.grant())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.exchange_code(app, code), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    token = next(answer.get_json()["access_token"] for answer in answers if answer.status_code == 200)
    assert desk.introspect(desk.resource_server(), token) == {"active": False}


def test_a_code_is_over_after_a_minute(desk: Desk, app: App) -> None:
    """Sixty seconds, to the second."""
    code = desk.code(app, desk.grant())
    desk.clinic.clock.advance(seconds=60)
    assert error_of(desk.exchange_code(app, code)) == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": "é" * 50}, "invalid_grant"),
        ({"code": "c" * 5000}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
    ],
)
def test_a_code_is_bound_to_its_way_back_and_its_verifier(
    desk: Desk, app: App, changes: dict[str, str], error: str
) -> None:
    code = desk.code(app, desk.grant())
    assert error_of(desk.exchange_code(app, **{"code": code, **changes})) == error


def test_a_code_its_own_client_shows_wrongly_is_used_up(desk: Desk, app: App) -> None:
    """Whoever has the code and not the verifier does not get to try."""
    code = desk.code(app, desk.grant())
    desk.exchange_code(app, code, code_verifier="w" * 43)
    assert error_of(desk.exchange_code(app, code)) == "invalid_grant"


def test_a_code_of_another_client_is_refused_and_stays_the_owners(desk: Desk, app: App) -> None:
    other, code = desk.register(name="Another"), desk.code(app, desk.grant())
    assert error_of(desk.exchange_code(other, code)) == "invalid_grant"
    assert desk.exchange_code(app, code).status_code == 200


def test_what_ended_since_the_tap_ends_the_code(desk: Desk, app: App) -> None:
    """The access was handed back, the person signed out, or was shut out."""
    clinic = desk.clinic

    def sign_out() -> None:
        with clinic.store.write() as tx:
            for each in sessions_of(tx, desk.who.id):
                end_session(tx, clinic.ledger, each.id, actor=desk.who.id, why=Why.SIGNED_OUT)

    def shut_out() -> None:
        with clinic.store.write() as tx:
            disable(tx, clinic.ledger, desk.who.id, actor="broker")

    for end in (
        lambda grant: hand_back(clinic.equipment, desk.who.person, grant.id),
        lambda _: sign_out(),
        lambda _: shut_out(),
    ):
        grant = desk.grant()
        code = desk.code(app, grant)
        end(grant)
        assert error_of(desk.exchange_code(app, code)) == "invalid_grant"


def test_a_row_whose_grant_was_swapped_gives_no_token_of_it(desk: Desk, app: App) -> None:
    """A code for one person's access, moved onto another person's by whoever can write the table."""
    grant = desk.grant()
    code = desk.code(app, grant)
    other = desk.clinic.join("second-clinician", *desk.who.person.roles)
    with desk.clinic.store.write() as tx:
        tx.execute(update(grants).where(grants.c.id == grant.id).values(person_id=other.id))
    assert error_of(desk.exchange_code(app, code)) == "invalid_grant"


def test_the_code_itself_is_kept_nowhere(desk: Desk, app: App) -> None:
    code = desk.code(app, desk.grant())
    with desk.clinic.store.read() as reader:
        rows = json.dumps([list(map(str, row)) for row in reader.all(select(authorization_codes))])
    assert code not in rows


def test_software_acts_for_itself_within_its_scopes(desk: Desk, app: App) -> None:
    """Minutes, not the library's ten days; and exactly what was asked for."""
    body = desk.token(app, grant_type="client_credentials", scope="grants:read").get_json()
    said = claims(body["access_token"])
    assert (body["scope"], said["scope"], said["aud"], said["sub"]) == (
        "grants:read",
        "grants:read",
        API,
        app.id,
    )
    assert body["expires_in"] == said["exp"] - said["iat"] == 300
    assert "refresh_token" not in body


def test_scopes_not_asked_for_by_name_are_all_there_are(desk: Desk, app: App) -> None:
    body = desk.token(app, grant_type="client_credentials").get_json()
    assert body["scope"] == "grants:end grants:read"


@pytest.mark.parametrize(
    "scope", ["everything", "grants:read people:read", "grants:read everything", "GRANTS:READ"]
)
def test_a_scope_too_many_is_refused_and_never_left_out(desk: Desk, app: App, scope: str) -> None:
    """The library would issue a token without a word about what is missing."""
    answer = desk.token(app, grant_type="client_credentials", scope=scope)
    assert error_of(answer) == "invalid_scope"


def test_software_without_scopes_gets_no_token_of_nothing(desk: Desk) -> None:
    app = desk.register(scopes=frozenset())
    assert error_of(desk.token(app, grant_type="client_credentials")) == "invalid_scope"


def test_tokens_for_software_are_for_the_brokers_api_alone(desk: Desk, app: App) -> None:
    assert desk.token(app, grant_type="client_credentials", resource=API).status_code == 200
    assert error_of(desk.token(app, grant_type="client_credentials", resource=EHR)) == "invalid_target"


def test_software_hands_in_only_what_it_was_registered_for(desk: Desk) -> None:
    app = desk.register(grant_types=frozenset({GrantType.CLIENT}), redirect_uris=())
    for way in (GrantType.CODE, GrantType.EXCHANGE):
        assert error_of(desk.token(app, grant_type=way.value)) == "unauthorized_client"


@pytest.mark.parametrize(
    ("grant_type", "error"),
    [
        ("", "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("refresh_token", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ('code"é\\', "unsupported_grant_type"),
    ],
)
def test_there_are_three_ways_to_a_token(desk: Desk, app: App, grant_type: str, error: str) -> None:
    """No password, no refresh token; and nothing that was sent is repeated."""
    answer = desk.token(app, grant_type=grant_type)
    assert error_of(answer) == error
    assert "é" not in answer.text


def test_a_client_shut_out_a_moment_ago_is_out(desk: Desk, app: App) -> None:
    """At the token endpoint, and with every token it had."""
    token = desk.token(app, grant_type="client_credentials").get_json()["access_token"]
    with desk.clinic.store.write() as tx:
        disable_client(tx, desk.clinic.ledger, app.id, actor="broker")
    assert error_of(desk.token(app, grant_type="client_credentials"), 401) == "invalid_client"
    assert desk.introspect(desk.resource_server(API), token) == {"active": False}


def test_an_access_whose_policy_wants_a_key_gives_no_bearer_token(desk: Desk, app: App) -> None:
    """Told as what it is; the code is not used up by it, so that the software can try again with a proof."""
    grant = desk.grant()
    scope = {**grant.scope, "credential": {**grant.scope["credential"], "dpop": "required"}}
    with desk.clinic.store.write() as tx:
        tx.execute(update(grants).where(grants.c.id == grant.id).values(scope=scope))
    code = desk.code(app, grant)
    assert error_of(desk.exchange_code(app, code)) == "invalid_dpop_proof"
    with desk.clinic.store.read() as reader:
        assert reader.all(select(authorization_codes.c.used_at))[0].used_at is None


def test_details_in_the_address_pick_the_access(desk: Desk, app: App) -> None:
    """Named by the software, allowed by the person, and that is what the token is of."""
    first, second = desk.grant(), desk.grant()
    said = desk.issued(app, second, authorization_details=details(identifier=second.id))
    assert said["authorization_details"][0]["identifier"] == second.id != first.id


def test_the_verifier_is_compared_as_it_stands(desk: Desk, app: App) -> None:
    """The challenge itself is no verifier: there is no plain."""
    code = desk.code(app, desk.grant())
    assert error_of(desk.exchange_code(app, code, code_verifier=VERIFIER[:-1] + "w")) == "invalid_grant"
