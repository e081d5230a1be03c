"""Another system hands over who its user is, and gets a token of what that user holds (RFC 8693)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from broker.access.hand_back import hand_back
from broker.clock import Clock
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.exchange.issuers import (
    TrustedIssuer,
    add_issuer,
    link_person,
    list_issuers,
    remove_issuer,
)
from broker.errors import Unavailable
from broker.identity.disable import disable
from tests.web.issuing.desk import API, EHR, EXCHANGE, App, Desk, claims, details
from tests.web.issuing.signer import Signer, seconds

ISSUER = "https://login.ehr.clinic.example"
AUDIENCE = "ehr-front"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


class Keys:
    """What stands at the issuer's address, and how often somebody looked."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.asked = 0

    def __call__(self, clock: Clock, url: str, *, allow_private: bool) -> str:
        self.asked += 1
        if self.found is None:
            raise Unavailable("Nobody answers.")
        return self.found


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(kid="issuer-1")


@pytest.fixture
def trusted(desk: Desk, app: App, signer: Signer) -> TrustedIssuer:
    """The EHR's issuer, whose people are told by their verified email."""
    return trust(desk, app, jwks=signer.jwks)


def trust(desk: Desk, app: App, **changes: Any) -> TrustedIssuer:
    usual: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": app.id,
        "audience": AUDIENCE,
        "jwks_url": None,
        "jwks": None,
        "person_claim": "email",
        "max_age": timedelta(minutes=10),
    }
    new = TrustedIssuer(**{**usual, **changes})
    with desk.clinic.store.write() as tx:
        add_issuer(tx, desk.clinic.ledger, new, actor="broker")
    return new


def id_token(desk: Desk, signer: Signer, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    now = desk.clinic.clock.now()
    usual = {
        "iss": ISSUER,
        "sub": "u-17",
        "aud": AUDIENCE,
        "iat": seconds(now),
        "exp": seconds(now + timedelta(minutes=5)),
        "email": desk.who.person.email,
        "email_verified": True,
    }
    said = {name: value for name, value in {**usual, **changes}.items() if value is not None}
    return signer.sign(said, **(header or {}))


def exchanged(desk: Desk, app: App, token: str, **fields: str) -> TestResponse:
    usual = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ID_TOKEN, "resource": EHR}
    sent = {name: value for name, value in {**usual, **fields}.items() if value}
    return desk.token(app, **sent)


def refused(answer: TestResponse, error: str = "invalid_request") -> bool:
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["error"] == error, answer.text
    return True


@pytest.mark.usefixtures("trusted")
def test_the_users_live_access_becomes_a_token_that_names_the_actor(
    desk: Desk, app: App, signer: Signer
) -> None:
    """RFC 8693, 2.2.1 and 4.1; the access decides what it says, not the token handed in."""
    grant = desk.grant()
    body = exchanged(desk, app, id_token(desk, signer)).get_json()
    said = claims(body["access_token"])
    assert body["issued_token_type"] == ACCESS
    assert body["token_type"] == "Bearer"
    assert (said["sub"], said["aud"], said["act"]) == (desk.who.id, EHR, {"sub": app.id})
    assert said["authorization_details"][0]["identifier"] == grant.id
    assert desk.introspect(desk.resource_server(), body["access_token"])["active"] is True


@pytest.mark.usefixtures("trusted")
def test_the_exchange_never_makes_an_access(desk: Desk, app: App, signer: Signer) -> None:
    """Without a live one there is nothing to be had, and the ledger knows that somebody came."""
    assert refused(exchanged(desk, app, id_token(desk, signer)), "invalid_target")
    assert desk.clinic.events()[-1] == "exchange.refused"
    grant = desk.grant()
    hand_back(desk.clinic.equipment, desk.who.person, grant.id)
    assert refused(exchanged(desk, app, id_token(desk, signer)), "invalid_target")
    assert not {"grant.issued", "request.asked"} & set(desk.clinic.events()[-3:])


@pytest.mark.usefixtures("trusted")
def test_of_several_accesses_one_is_named(desk: Desk, app: App, signer: Signer) -> None:
    """By its identifier or its patient; nobody guesses which patient was meant."""
    first = desk.grant()
    desk.grant()
    assert refused(exchanged(desk, app, id_token(desk, signer)), "invalid_target")
    for named in (
        details(identifier=first.id),
        details(identifier=first.id, patient=" p-1001 ", locations=[EHR]),
    ):
        body = exchanged(desk, app, id_token(desk, signer), authorization_details=named).get_json()
        assert body["authorization_details"][0]["identifier"] == first.id
    for other in (details(identifier=first.id, patient="P-2002"), details(identifier="grant_x")):
        assert refused(
            exchanged(desk, app, id_token(desk, signer), authorization_details=other), "invalid_target"
        )


@pytest.mark.usefixtures("trusted")
def test_software_may_act_as_the_user_at_the_api(desk: Desk, app: App, signer: Signer) -> None:
    """Within its own scopes, and without a word on how sure the other system was."""
    body = exchanged(desk, app, id_token(desk, signer), resource="", scope="grants:read").get_json()
    said = claims(body["access_token"])
    assert (said["aud"], said["sub"], said["scope"], said["act"]) == (
        API,
        desk.who.id,
        "grants:read",
        {"sub": app.id},
    )
    assert not {"acr", "amr"} & said.keys()
    assert (
        exchanged(desk, app, id_token(desk, signer), resource=API).get_json()["scope"]
        == "grants:end grants:read"
    )
    assert refused(
        exchanged(desk, app, id_token(desk, signer), resource="", scope="people:read"), "invalid_scope"
    )
    assert refused(exchanged(desk, app, id_token(desk, signer), scope="grants:read"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"iss": 7},
        {"iss": ISSUER + "\0"},
        {"iss": "\ud800"},
        {"email": "\ud800@clinic.example"},
        {"aud": None},
        {"aud": "somebody-else"},
        {"aud": [AUDIENCE, "somebody-else"]},
        {"aud": [AUDIENCE, "somebody-else"], "azp": "somebody-else"},
        {"azp": "somebody-else"},
        {"aud": {"ehr-front": 1}},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"iat": None},
        {"iat": 1e300},
        {"nbf": "now"},
        {"email": None},
        {"email": ["clinician@clinic.example"]},
        {"email": "nobody@clinic.example"},
        {"email": "clinician@clinic.example\0"},
        {"email": ""},
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
@pytest.mark.usefixtures("trusted")
def test_a_token_that_says_anything_else_is_refused(
    desk: Desk, app: App, signer: Signer, wrong: dict[str, Any]
) -> None:
    """With the one code RFC 8693, 2.2.2 has for it."""
    desk.grant()
    assert refused(exchanged(desk, app, id_token(desk, signer, **wrong)))


@pytest.mark.usefixtures("trusted")
def test_a_token_for_several_is_taken_where_it_was_given_to_this_one(
    desk: Desk, app: App, signer: Signer
) -> None:
    desk.grant()
    several = id_token(desk, signer, aud=[AUDIENCE, "somebody-else"], azp=AUDIENCE)
    assert exchanged(desk, app, several).status_code == 200


@pytest.mark.usefixtures("trusted")
def test_its_time_is_taken_strictly(desk: Desk, app: App, signer: Signer) -> None:
    """Over at exp, however young; too old at max_age, however long it says it is good."""
    desk.grant()
    now = desk.clinic.clock.now()
    at = lambda **delta: seconds(now + timedelta(**delta))  # noqa: E731
    for wrong in (
        {"exp": at()},
        {"iat": at(minutes=-11), "exp": at(days=30)},
        {"iat": at(seconds=31)},
        {"nbf": at(seconds=31)},
    ):
        assert refused(exchanged(desk, app, id_token(desk, signer, **wrong))), wrong
    for fine in ({"iat": at(minutes=-10)}, {"iat": at(seconds=30)}, {"exp": at(seconds=1)}):
        assert exchanged(desk, app, id_token(desk, signer, **fine)).status_code == 200, fine


@pytest.mark.usefixtures("trusted")
def test_a_signature_is_that_of_the_issuer(desk: Desk, app: App, signer: Signer) -> None:
    desk.grant()
    good, forged = id_token(desk, signer), id_token(desk, Signer(kid="issuer-1"))
    head, payload, signature = good.split(".")
    for text in (
        forged,
        f"eyJhbGciOiJub25lIn0.{payload}.",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        f"{head}.{payload}",
        "x",
        "é",
        "a" * 19_000,
        good[:50],
    ):
        assert refused(exchanged(desk, app, text)), text[:30]
    logout = id_token(desk, signer, header={"typ": "logout+jwt"})
    at = id_token(desk, signer, header={"typ": "at+jwt"})
    assert refused(exchanged(desk, app, logout))
    assert refused(exchanged(desk, app, at))


@pytest.mark.usefixtures("trusted")
def test_an_issuers_word_is_taken_from_one_client_alone(desk: Desk, app: App, signer: Signer) -> None:
    """Another client that came by the same token has no use for it; nor has anybody once the trust is gone."""
    desk.grant()
    other = desk.register(name="Another")
    assert refused(exchanged(desk, other, id_token(desk, signer)))
    with desk.clinic.store.write() as tx:
        [(trust_id, _)] = list_issuers(tx)
        remove_issuer(tx, desk.clinic.ledger, trust_id, actor="broker")
    assert refused(exchanged(desk, app, id_token(desk, signer)))


@pytest.mark.usefixtures("trusted")
def test_who_was_shut_out_is_nobody(desk: Desk, app: App, signer: Signer) -> None:
    desk.grant()
    with desk.clinic.store.write() as tx:
        disable(tx, desk.clinic.ledger, desk.who.id, actor="broker")
    assert refused(exchanged(desk, app, id_token(desk, signer)))


@pytest.mark.usefixtures("trusted")
def test_a_token_of_our_own_is_no_word_of_another_system(desk: Desk, app: App) -> None:
    """An access token cannot be turned into another one."""
    token = desk.issued(app, desk.grant())["access_token"]
    assert refused(exchanged(desk, app, token))


def test_people_may_be_linked_one_by_one(desk: Desk, app: App, signer: Signer) -> None:
    """Where the issuer names nobody by email: a sub that nobody linked is nobody, whoever's email it carries."""
    desk.grant()
    trust(desk, app, jwks=signer.jwks, person_claim="sub")
    assert refused(exchanged(desk, app, id_token(desk, signer)))
    with desk.clinic.store.write() as tx:
        link_person(tx, desk.clinic.ledger, ISSUER, "u-17", desk.who.id, actor="broker")
    assert exchanged(desk, app, id_token(desk, signer)).status_code == 200
    assert refused(exchanged(desk, app, id_token(desk, signer, sub="U-17")))
    assert refused(exchanged(desk, app, id_token(desk, signer, sub=desk.who.id)))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token_type": ""}, "invalid_request"),
        ({"subject_token_type": ACCESS}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"audience": "https://elsewhere.example"}, "invalid_target"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"authorization_details": "["}, "invalid_authorization_details"),
        (
            {"authorization_details": details(locations=["https://elsewhere.example"])},
            "invalid_authorization_details",
        ),
    ],
    ids=str,
)
@pytest.mark.usefixtures("trusted")
def test_what_is_asked_for_wrongly_is_told(
    desk: Desk, app: App, signer: Signer, fields: dict[str, str], error: str
) -> None:
    desk.grant()
    assert refused(exchanged(desk, app, **{"token": id_token(desk, signer), **fields}), error)


def test_keys_are_fetched_once_and_again_for_a_name_nobody_knew(desk: Desk, app: App, signer: Signer) -> None:
    """Made-up names do not make the broker ask each time; a rotated key is found within half a minute."""
    keys, clock = Keys(), desk.clinic.clock
    use(desk, keys)
    keys.found = json.dumps(signer.jwks)
    trust(desk, app, jwks_url=f"{ISSUER}/keys")
    desk.grant()
    for _ in range(3):
        assert exchanged(desk, app, id_token(desk, signer)).status_code == 200
    assert keys.asked == 1
    newer = Signer(kid="issuer-2")
    for _ in range(3):
        assert refused(exchanged(desk, app, id_token(desk, newer)))
    assert keys.asked == 1
    keys.found = json.dumps(
        {"keys": [signer.public, newer.public, {"kty": "oct", "k": "c2VjcmV0", "kid": "x"}, 7]}
    )
    clock.advance(seconds=30)
    assert exchanged(desk, app, id_token(desk, newer)).status_code == 200
    assert exchanged(desk, app, id_token(desk, signer)).status_code == 200
    assert keys.asked == 2
    clock.advance(minutes=10)
    keys.found = json.dumps(newer.jwks)
    assert refused(exchanged(desk, app, id_token(desk, signer)))


@pytest.mark.parametrize("found", [None, "", "[]", "{}", '{"keys":7}', "[" * 5000, "\0"])
def test_an_issuer_whose_keys_cannot_be_had_is_told_apart_from_a_bad_token(
    desk: Desk, app: App, signer: Signer, found: str | None
) -> None:
    """503 and come again where nobody answers sense, and the issuer is not asked again at once."""
    keys = Keys()
    use(desk, keys)
    keys.found = found
    trust(desk, app, jwks_url=f"{ISSUER}/keys")
    desk.grant()
    for _ in range(2):
        answer = exchanged(desk, app, id_token(desk, signer))
        assert answer.get_json()["error"] in {"temporarily_unavailable", "invalid_request"}
        assert (answer.status_code == 503) == ("Retry-After" in answer.headers)
    assert keys.asked == 1


def use(desk: Desk, keys: Keys) -> None:
    """Put somebody else at the issuer's address."""
    desk.front.parts = replace(desk.front.parts, issuer_keys=IssuerKeys(desk.clinic.clock, keys))
    desk.front.app.extensions["broker"] = desk.front.parts
