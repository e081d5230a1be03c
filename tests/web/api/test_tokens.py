"""An access token at the API: the right one, in the right hands, while it lives, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from broker.credentials.clients.register import disable_client
from broker.credentials.tokens.issue import issue_for_software
from broker.identity.disable import disable
from broker.web.api.frame.calling import CSRF_HEADER
from tests.fakes.front import BASE, Front
from tests.fakes.holder import Holder
from tests.fakes.software import Caller, by_token, token

ME = f"{BASE}/api/v1/me"


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
def bound(front: Front, holder: Holder) -> str:
    return token(front, ["requests:read"], jkt=holder.jkt)


def call(front: Front, scheme: str, text: str, *proofs: str, path: str = "/me") -> TestResponse:
    headers: list[tuple[str, str]] = [("Authorization", f"{scheme} {text}"), *(("DPoP", p) for p in proofs)]
    client = front.app.test_client()
    return client.get(f"/api/v1{path}", base_url=BASE, headers=headers)


def nonce(front: Front) -> str:
    return front.parts.dpop_door.nonces.fresh(front.clinic.clock.now())


def proof(front: Front, holder: Holder, text: str, **changes: Any) -> str:
    said = {"method": "GET", "url": ME, "at": front.clinic.clock.now(), "token": text, "nonce": nonce(front)}
    return holder.proof(**(said | changes))


def test_a_bound_token_opens_with_a_proof_by_its_key(front: Front, holder: Holder, bound: str) -> None:
    """Once: the same proof again is refused, a new one does."""
    first = proof(front, holder, bound)
    assert call(front, "DPoP", bound, first).status_code == 200
    assert call(front, "DPoP", bound, first).status_code == 401
    assert call(front, "DPoP", bound, proof(front, holder, bound)).status_code == 200


def test_a_stolen_bound_token_opens_nothing(front: Front, holder: Holder, bound: str) -> None:
    """Not as a bearer token, not without a proof, not with another key, address, method, token or two proofs."""
    thief, good = Holder(), proof(front, holder, bound)
    refused = [
        call(front, "Bearer", bound),
        call(front, "Bearer", bound, good),
        call(front, "DPoP", bound),
        call(front, "DPoP", bound, proof(front, thief, bound)),
        call(front, "DPoP", bound, proof(front, holder, bound, url=f"{BASE}/api/v1/requests")),
        call(front, "DPoP", bound, proof(front, holder, bound, method="POST")),
        call(front, "DPoP", bound, proof(front, holder, token(front, []))),
        call(front, "DPoP", bound, proof(front, holder, bound), proof(front, holder, bound)),
        call(front, "DPoP", bound, "nonsense"),
    ]
    for number, answer in enumerate(refused):
        assert answer.status_code == 401, number
        assert answer.headers["WWW-Authenticate"].startswith("DPoP"), number
        assert answer.json["type"].endswith("token-refused")
    # What was only misused is still good in the right hands.
    assert call(front, "DPoP", bound, good).status_code == 200


def test_a_proof_without_our_nonce_is_told_which_to_use(front: Front, holder: Holder, bound: str) -> None:
    """The refusal carries one, and the next proof with it does."""
    answer = call(front, "DPoP", bound, proof(front, holder, bound, nonce=None))
    assert (answer.status_code, "use_dpop_nonce" in answer.headers["WWW-Authenticate"]) == (401, True)
    again = proof(front, holder, bound, nonce=answer.headers["DPoP-Nonce"])
    assert call(front, "DPoP", bound, again).status_code == 200


def test_a_bearer_token_is_no_bound_one(front: Front, holder: Holder) -> None:
    """The DPoP scheme makes nothing of it, with a proof or without."""
    text = token(front, [])
    assert call(front, "DPoP", text, proof(front, holder, text)).status_code == 401
    assert call(front, "bearer", text).status_code == 200


def test_a_token_for_somebody_else_opens_nothing(front: Front) -> None:
    """Another audience's token is not ours, though we signed it."""
    whose = _client_of(front)
    about: dict[str, Any] = {"client_id": whose, "scopes": ["requests:read"], "jkt": None}
    for audience in (BASE, f"{BASE}/api/v1/", "https://ehr.example"):
        with front.clinic.store.write() as tx:
            text = issue_for_software(tx, front.parts.mint, audience=audience, **about).text
        assert call(front, "Bearer", text).status_code == 401, audience


def test_it_ends_on_the_second(front: Front) -> None:
    """At its expiry it is over, without leeway."""
    caller = by_token(front, [])
    front.clinic.clock.advance(seconds=299)
    assert caller.get("/me").status_code == 200
    front.clinic.clock.advance(seconds=1)
    assert caller.get("/me").status_code == 401


def test_who_was_shut_out_is_out_at_once(front: Front) -> None:
    """The client that was disabled, and the person whose token it is."""
    board, clinician = by_token(front, []), by_token(front, ["requests:read"], front.clinic.clinician)
    client = board.get("/me").json["client"]["id"]
    with front.clinic.store.write() as tx:
        disable_client(tx, front.clinic.ledger, client, actor="broker")
        disable(tx, front.clinic.ledger, front.clinic.clinician.id, actor="broker")
    assert board.get("/me").status_code == 401
    assert clinician.get("/requests").status_code == 401


def test_a_role_that_was_lost_is_lost_at_once(front: Front) -> None:
    """A token carries scopes, never roles: those are read anew each time."""
    from broker.identity.people import set_roles

    caller = by_token(front, ["people:read"], front.clinic.admin)
    assert caller.get("/people").status_code == 200
    with front.clinic.store.write() as tx:
        set_roles(tx, front.clinic.ledger, front.clinic.admin.id, [], actor="broker")
    assert caller.get("/people").status_code == 403


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-2],
        lambda text: text + "A",
        lambda text: ".".join([text.split(".")[0], text.split(".")[1], ""]),
        lambda text: "eyJhbGciOiJub25lIn0." + text.split(".")[1] + ".",
        lambda text: text * 20,
        lambda text: "x" * 100_000,
        lambda _: "\xff",
        lambda _: "a.b.c",
    ],
)
def test_a_spoilt_token_is_refused(front: Front, spoil: Any) -> None:
    """Truncated, lengthened, unsigned, endless: 401 and the same words for all."""
    caller = Caller(front.app.test_client(), headers={"Authorization": f"Bearer {spoil(token(front, []))}"})
    answer = caller.get("/me")
    assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (401, "token-refused")


def test_no_token_is_in_any_answer_or_log(front: Front, capfd: pytest.CaptureFixture[str]) -> None:
    """Not where it was refused, either."""
    text = token(front, [])
    for scheme in ("Bearer", "DPoP", "Basic"):
        answer = call(front, scheme, text, path="/requests")
        assert text[-40:] not in answer.text + str(answer.headers)
    out = capfd.readouterr()
    assert text[-40:] not in out.out + out.err


def test_a_form_token_is_asked_of_cookies_alone(front: Front) -> None:
    """Software that sends an access token needs none."""
    caller = by_token(front, ["ledger:read"])
    assert CSRF_HEADER not in caller.headers
    assert caller.post("/ledger/checks").status_code == 200


def test_what_is_left_is_told(front: Front) -> None:
    """RateLimit headers where calls are counted; none where access is ended."""
    caller = by_token(front, ["requests:read", "grants:end"])
    first, second = caller.get("/requests"), caller.get("/requests")
    left = [int(each.headers["RateLimit"].split("r=")[1].split(";")[0]) for each in (first, second)]
    assert left[1] == left[0] - 1
    assert "w=60" in first.headers["RateLimit-Policy"]
    assert "RateLimit" not in caller.post("/grants/grant_nowhere/end").headers


def _client_of(front: Front) -> str:
    return str(by_token(front, []).get("/me").json["client"]["id"])
