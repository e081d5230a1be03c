"""Tokens bound to a key at the token endpoint (RFC 9449)."""

from __future__ import annotations

from typing import Any

from tests.fakes.front import BASE
from tests.fakes.holder import Holder
from tests.web.issuing.desk import App, Desk, claims

TOKEN = f"{BASE}/oauth/token"


def nonce(desk: Desk) -> str:
    return desk.front.parts.dpop_door.nonces.fresh(desk.clinic.clock.now())


def proof(desk: Desk, holder: Holder, **changed: Any) -> dict[str, str]:
    said = {"nonce": nonce(desk), **changed}
    return {"DPoP": holder.proof("POST", TOKEN, desk.clinic.clock.now(), **said)}


def test_a_proof_binds_the_token_to_its_key(desk: Desk, app: App) -> None:
    """Said in the answer, in the token, and by introspection; the next nonce comes with it."""
    holder = Holder()
    answer = desk.token(app, proof(desk, holder), grant_type="client_credentials")
    body = answer.get_json()
    assert body["token_type"] == "DPoP"
    assert claims(body["access_token"])["cnf"] == {"jkt": holder.jkt}
    assert answer.headers["DPoP-Nonce"]
    said = desk.introspect(app, body["access_token"])
    assert (said["token_type"], said["cnf"]) == ("DPoP", {"jkt": holder.jkt})


def test_a_proof_without_our_nonce_is_answered_with_one(desk: Desk, app: App) -> None:
    """RFC 9449, 8: the second try works; nothing was used up by the first."""
    holder, code = Holder(), desk.code(app, desk.grant())
    without = proof(desk, holder, nonce=None)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "https://app.clinic.example/back",
    }
    fields["code_verifier"] = "v" * 43
    first = desk.token(app, without, **fields)
    assert (first.status_code, first.get_json()["error"]) == (400, "use_dpop_nonce")
    again = proof(desk, holder, nonce=first.headers["DPoP-Nonce"])
    assert desk.token(app, again, **fields).get_json()["token_type"] == "DPoP"


def test_a_proof_is_for_one_request_here(desk: Desk, app: App) -> None:
    """Replayed, for another place, by another method, two at once, or no proof at all: refused."""
    holder = Holder()
    used = proof(desk, holder)
    assert desk.token(app, used, grant_type="client_credentials").status_code == 200
    now = desk.clinic.clock.now()
    elsewhere = {"DPoP": holder.proof("POST", f"{BASE}/oauth/revoke", now, nonce=nonce(desk))}
    got = {"DPoP": holder.proof("GET", TOKEN, now, nonce=nonce(desk))}
    for wrong in (used, elsewhere, got, {"DPoP": "x"}, {"DPoP": ""}, {"DPoP": "a" * 9_000}):
        answer = desk.token(app, wrong, grant_type="client_credentials")
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_dpop_proof"), wrong
    first, second = proof(desk, holder)["DPoP"], proof(desk, holder)["DPoP"]
    two = [*app.basic.items(), ("DPoP", first), ("DPoP", second)]
    answer = desk.front.app.test_client().post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers=two, base_url=BASE
    )
    assert answer.get_json()["error"] == "invalid_dpop_proof"


def test_a_client_registered_for_bound_tokens_gets_no_other(desk: Desk) -> None:
    app = desk.register(dpop_required=True)
    answer = desk.token(app, grant_type="client_credentials")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_dpop_proof")
    assert desk.token(app, proof(desk, Holder()), grant_type="client_credentials").status_code == 200


def test_a_code_asked_for_with_a_key_goes_to_that_key_alone(desk: Desk, app: App) -> None:
    """RFC 9449, 10: whoever steals the code and even the verifier still lacks the key."""
    holder, thief = Holder(), Holder()
    for stolen_by in ({}, proof(desk, thief)):
        code = desk.code(app, desk.grant(), dpop_jkt=holder.jkt)
        fields = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43}
        fields["redirect_uri"] = "https://app.clinic.example/back"
        answer = desk.token(app, stolen_by and proof(desk, thief), **fields)
        assert answer.get_json()["error"] == "invalid_grant"
    code = desk.code(app, desk.grant(), dpop_jkt=holder.jkt)
    bound = desk.exchange_code(app, code, headers=proof(desk, holder)).get_json()
    assert claims(bound["access_token"])["cnf"] == {"jkt": holder.jkt}
