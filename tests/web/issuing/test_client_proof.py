"""Software proves who it is: by a secret, by a signature, or by nothing where nothing is enough."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from broker.credentials.clients.assertion import ASSERTION_TYPE, LONGEST, forget_used
from broker.credentials.clients.register import AuthMethod, disable_client, set_keys
from broker.credentials.clients.secret import give_secret
from broker.credentials.clients.tables import client_assertions, client_secrets
from broker.ledger.tables import ledger_entries
from tests.fakes.front import BASE
from tests.web.issuing.desk import App, Desk, basic
from tests.web.issuing.signer import Signer, assertion, seconds

TOKEN = f"{BASE}/oauth/token"


def asked(desk: Desk, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    return desk.post("/oauth/token", {"grant_type": "client_credentials", **fields}, headers=headers)


def refused(answer: TestResponse) -> bool:
    """One answer for whatever is wrong (RFC 6749, 5.2), which says by what scheme to try again."""
    assert answer.status_code == 401, answer.text
    assert answer.get_json() == {
        "error": "invalid_client",
        "error_description": "Client authentication failed.",
    }
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')
    return True


def test_a_secret_in_the_header_is_enough(desk: Desk, app: App) -> None:
    assert asked(desk, app.basic).status_code == 200
    assert asked(desk, app.basic, client_id=app.id).status_code == 200


def test_an_unknown_client_and_a_wrong_secret_are_answered_alike(desk: Desk, app: App) -> None:
    """To the byte: nobody learns which clients there are."""
    answers = [
        asked(desk, {"Authorization": basic(*pair)})
        for pair in (
            (app.id, "wrong"),
            ("client_of_nobody", "wrong"),
            ("client_of_nobody", app.secret),
            (app.id, ""),
        )
    ]
    assert all(refused(answer) for answer in answers)
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic é",
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"\0:\0").decode(),
        "Basic " + "A" * 50_000,
        "Bearer something",
        "Digest username=x",
        "DPoP x",
        " Basic x",
    ],
)
def test_whatever_else_the_header_says_is_refused(desk: Desk, header: str) -> None:
    """Bytes that are no text break the library's reader: here they are no secret."""
    assert refused(asked(desk, {"Authorization": header.encode().decode("latin-1")}))


def test_a_secret_anywhere_else_is_refused(desk: Desk, app: App) -> None:
    """Not in the body, where more things log it; nothing at all in the address."""
    assert refused(asked(desk, client_id=app.id, client_secret=app.secret))
    assert refused(asked(desk, app.basic, client_secret=app.secret))
    answer = desk.post(
        f"/oauth/token?client_id={app.id}&client_secret={app.secret}", {"grant_type": "client_credentials"}
    )
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_secret_is_kept_as_a_digest_and_stands_in_no_entry(desk: Desk, app: App) -> None:
    with desk.clinic.store.read() as reader:
        assert app.secret not in str(reader.all(select(client_secrets)))
        assert app.secret not in str(reader.all(select(ledger_entries)))


def test_a_new_secret_ends_the_old_one_at_once_or_after_an_overlap(desk: Desk, app: App) -> None:
    """At its end to the second, and however many were given in between."""
    store, ledger = desk.clinic.store, desk.clinic.ledger

    def renew(**options: Any) -> App:
        with store.write() as tx:
            return App(app.client, give_secret(tx, ledger, app.id, actor="broker", **options))

    second = renew(old_for=timedelta(hours=1))
    assert asked(desk, app.basic).status_code == asked(desk, second.basic).status_code == 200
    third = renew()
    assert refused(asked(desk, second.basic))
    assert refused(asked(desk, app.basic))
    fourth = renew(old_for=timedelta(hours=1))
    desk.clinic.clock.advance(hours=1)
    assert refused(asked(desk, third.basic))
    assert asked(desk, fourth.basic).status_code == 200


def test_one_clients_secret_is_no_other_clients(desk: Desk, app: App) -> None:
    other = desk.register(name="Another")
    assert refused(asked(desk, {"Authorization": basic(app.id, other.secret)}))
    assert refused(asked(desk, app.basic, client_id=other.id))


def test_the_name_alone_is_enough_for_nobody_who_could_prove_more(desk: Desk, app: App) -> None:
    """Nor for public software where it has no business: acting for itself, asking about tokens."""
    public = desk.public(scopes=frozenset({"grants:read"}))
    assert refused(asked(desk, client_id=app.id))
    assert asked(desk, client_id=public.id).get_json()["error"] in {"invalid_client", "unauthorized_client"}
    assert refused(desk.post("/oauth/introspect", {"client_id": public.id, "token": "x"}))


@pytest.fixture(scope="module", params=["EC", "OKP", "RSA"])
def signer(request: pytest.FixtureRequest) -> Signer:
    return Signer(kind=request.param)


@pytest.fixture(scope="module")
def quick() -> Signer:
    return Signer()


def signing(desk: Desk, signer: Signer) -> App:
    return desk.register(auth_method=AuthMethod.KEY, jwks=signer.jwks)


def shown(desk: Desk, text: str, **fields: str) -> TestResponse:
    return asked(desk, **{"client_assertion": text, "client_assertion_type": ASSERTION_TYPE, **fields})


def test_a_signature_is_enough(desk: Desk, signer: Signer) -> None:
    """By each kind of key, made out to the issuer or to the token endpoint, with or without client_id."""
    app = signing(desk, signer)
    for audience in (BASE, TOKEN, [BASE]):
        claims = assertion(app.id, audience, desk.clinic.clock.now())
        assert shown(desk, signer.sign(claims)).status_code == 200
    claims = assertion(app.id, BASE, desk.clinic.clock.now())
    assert shown(desk, signer.sign(claims, kid=None), client_id=app.id).status_code == 200


def test_an_assertion_works_once(desk: Desk, quick: Signer) -> None:
    """And is forgotten only when its age alone refuses it."""
    app, clock = signing(desk, quick), desk.clinic.clock
    text = quick.sign(assertion(app.id, BASE, clock.now()))
    assert shown(desk, text).status_code == 200
    assert refused(shown(desk, text))
    forget_used(desk.clinic.store)
    assert refused(shown(desk, text))
    clock.advance(minutes=2)
    forget_used(desk.clinic.store)
    with desk.clinic.store.read() as reader:
        assert reader.all(select(client_assertions)) == []
    assert refused(shown(desk, text))


def test_two_clients_may_use_the_same_id_of_an_assertion(desk: Desk, quick: Signer) -> None:
    now = desk.clinic.clock.now()
    for app in (signing(desk, quick), signing(desk, quick)):
        assert shown(desk, quick.sign(assertion(app.id, BASE, now, jti="same"))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "client_of_nobody"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "a\0b", "iss": "a\0b"},
        {"sub": "\ud800", "iss": "\ud800"},
        {"sub": ["a"]},
        {"aud": None},
        {"aud": "https://elsewhere.example"},
        {"aud": [BASE, "https://elsewhere.example"]},
        {"aud": []},
        {"aud": {"a": 1}},
        {"aud": f"{BASE}/"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 500},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": -1},
        {"nbf": "now"},
        {"iat": "now"},
    ],
    ids=str,
)
def test_an_assertion_that_says_anything_else_is_refused(
    desk: Desk, quick: Signer, wrong: dict[str, Any]
) -> None:
    app = signing(desk, quick)
    claims = assertion(app.id, BASE, desk.clinic.clock.now(), **wrong)
    assert refused(shown(desk, quick.sign(claims)))


def test_time_is_taken_strictly(desk: Desk, quick: Signer) -> None:
    """Over at exp, good for an hour at most, not from the future: a clock that runs half a minute ahead is forgiven."""
    app, now = signing(desk, quick), desk.clinic.clock.now()
    ahead = lambda **delta: seconds(now + timedelta(**delta))  # noqa: E731
    for wrong in (
        {"exp": seconds(now)},
        {"exp": ahead(seconds=-1)},
        {"exp": ahead(minutes=61)},
        {"exp": ahead(days=365)},
        {"iat": ahead(seconds=31)},
        {"nbf": ahead(seconds=31)},
    ):
        assert refused(shown(desk, quick.sign(assertion(app.id, BASE, now, **wrong)))), wrong
    for fine in (
        {"iat": ahead(seconds=30)},
        {"nbf": ahead(seconds=30)},
        {"exp": ahead(minutes=60)},
        {"iat": None},
    ):
        assert shown(desk, quick.sign(assertion(app.id, BASE, now, **fine))).status_code == 200, fine


def test_nobody_signs_for_somebody_else(desk: Desk, quick: Signer) -> None:
    """Another key under the same name, another client's key, no signature, a secret as a key."""
    app, now = signing(desk, quick), desk.clinic.clock.now()
    other = Signer()
    signing(desk, other)
    claims = assertion(app.id, BASE, now)
    assert refused(shown(desk, other.sign(claims)))
    good = quick.sign(claims)
    head, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    hs = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    for text in (
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{hs}.{payload}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        f"{head}.{payload}",
        good[:-20],
        "é" + good,
        "." * 5,
        "a" * LONGEST * 2,
        base64.urlsafe_b64encode(b'{"alg":' + b"[" * 5000).decode() + f".{payload}.{signature}",
    ):
        assert refused(shown(desk, text)), text[:40]
    assert shown(desk, good).status_code == 200


def test_the_two_ways_are_not_mixed(desk: Desk, app: App, quick: Signer) -> None:
    """A signature for one client does not go with the name, nor with the secret, of another."""
    mine, now = signing(desk, quick), desk.clinic.clock.now()
    sign = lambda: quick.sign(assertion(mine.id, BASE, now))  # noqa: E731
    assert refused(shown(desk, sign(), client_id=app.id))
    assert refused(shown(desk, sign(), client_assertion_type="something"))
    both = asked(desk, app.basic, client_assertion=sign(), client_assertion_type=ASSERTION_TYPE)
    assert (both.status_code, both.get_json()["error"]) == (400, "invalid_request")
    assert refused(shown(desk, quick.sign(assertion(app.id, BASE, now))))


def test_keys_that_were_replaced_prove_nothing_any_more(desk: Desk, quick: Signer) -> None:
    app, clinic = signing(desk, quick), desk.clinic
    newer = Signer(kid="two")
    with clinic.store.write() as tx:
        set_keys(tx, clinic.ledger, app.id, newer.jwks, actor="broker")
    assert refused(shown(desk, quick.sign(assertion(app.id, BASE, clinic.clock.now()))))
    assert shown(desk, newer.sign(assertion(app.id, BASE, clinic.clock.now()))).status_code == 200


def test_a_client_that_was_shut_out_proves_nothing(desk: Desk, quick: Signer) -> None:
    app, clinic = signing(desk, quick), desk.clinic
    with clinic.store.write() as tx:
        disable_client(tx, clinic.ledger, app.id, actor="broker")
    assert refused(shown(desk, quick.sign(assertion(app.id, BASE, clinic.clock.now()))))


def test_an_assertion_shown_four_times_at_once_works_once(desk: Desk, quick: Signer) -> None:
    app = signing(desk, quick)
    text = quick.sign(assertion(app.id, BASE, desk.clinic.clock.now()))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shown(desk, text).status_code, range(4)))
    assert sorted(answers) == [200, 401, 401, 401]
