"""The broker is asked whether a token still counts; without a good answer nothing opens."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from broker.clock import SettableClock
from broker.errors import ConfigurationError
from broker.verify import Introspection, TokenRefused, TokenVerifier
from tests.verify.broker_server import BrokerServer

Make = Callable[..., Callable[..., str]]


@pytest.fixture
def good(vectors: dict[str, Any]) -> dict[str, Any]:
    """What the broker answers about a token that counts."""
    return {"active": True, "jti": "token_0001", "sub": "person_0001", "exp": vectors["now"] + 240}


@pytest.fixture
def asking(vectors: dict[str, Any], broker: BrokerServer, now: SettableClock) -> Make:
    """Makes a check of the valid token that asks the broker; 'ok' or why not."""

    def make(**terms: Any) -> Callable[..., str]:
        introspection = Introspection(
            f"{broker.address}/oauth/introspect",
            client_id="client_9",
            client_secret="a secret: with +%",
            **terms,
        )
        verifier = TokenVerifier(
            vectors["issuer"],
            vectors["audience"],
            jwks=vectors["jwks"],
            introspection=introspection,
            clock=now,
        )

        def verdict(told: list[str] | None = None) -> str:
            try:
                verifier.check(vectors["tokens"][0]["authorization"], method="GET", url=vectors["url"])
            except TokenRefused as refused:
                if told is not None:
                    told.append(refused.www_authenticate)
                return f"{refused.why} {refused.status}"
            return "ok"

        return verdict

    return make


def test_a_token_that_counts_opens(
    asking: Make, broker: BrokerServer, good: dict[str, Any], vectors: dict[str, Any]
) -> None:
    """The broker is asked with the server's own credentials, in the body and the header of a POST."""
    broker.says(good)
    assert asking()() == "ok"
    asked = broker.asked[0]
    assert (asked.method, asked.path) == ("POST", "/oauth/introspect")
    token = vectors["tokens"][0]["authorization"].removeprefix("Bearer ")
    assert asked.form == {"token": [token], "token_type_hint": ["access_token"]}
    basic = base64.b64decode(asked.headers["Authorization"].removeprefix("Basic "))
    assert basic == b"client_9:a+secret%3A+with+%2B%25"


def test_revoked_shows_at_once(asking: Make, broker: BrokerServer, good: dict[str, Any]) -> None:
    """By default nothing is believed for any time: the request after the revocation is refused."""
    verdict, told = asking(), []
    broker.says(good)
    assert verdict(told) == "ok"
    broker.says({"active": False})
    assert verdict(told) == "not_active 401"
    assert told[0].startswith('Bearer error="invalid_token", ')


@pytest.mark.parametrize(
    "changed",
    [
        {"active": 1},
        {"active": "true"},
        {"active": None},
        {"jti": "token_0002"},
        {"sub": "person_0002"},
        {"exp": 1},
        {"exp": None},
    ],
)
def test_the_answer_must_say_yes_of_this_token(
    asking: Make, broker: BrokerServer, good: dict[str, Any], changed: dict[str, Any]
) -> None:
    """What is like a yes is none, and what is about another token says nothing about this one."""
    broker.says({**good, **changed})
    assert asking()() == "not_active 401"


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503, 302, 204])
def test_no_answer_opens_nothing(
    asking: Make, broker: BrokerServer, good: dict[str, Any], status: int
) -> None:
    """Whatever the broker answers but 200, the door stays shut, and the caller hears that it is not its fault."""
    broker.says(good, status)
    assert asking()() == "introspection_unavailable 503"


def test_a_broker_that_is_down_opens_nothing(asking: Make, broker: BrokerServer) -> None:
    """Fail closed: nothing listens there."""
    broker.address = "http://127.0.0.1:9"
    assert asking()() == "introspection_unavailable 503"


def test_nonsense_opens_nothing(asking: Make, broker: BrokerServer) -> None:
    """A page of a proxy with status 200 is no answer."""
    broker.answers(b"<html>")
    assert asking()() == "introspection_unavailable 503"


def test_a_yes_may_be_believed_for_a_while(
    asking: Make, broker: BrokerServer, now: SettableClock, good: dict[str, Any]
) -> None:
    """Only where that was asked for, only a yes, and only for so long."""
    verdict = asking(believe_for=timedelta(seconds=5))
    broker.says(good)
    assert verdict() == "ok"
    broker.says({"active": False})
    now.advance(seconds=4)
    assert verdict() == "ok"
    now.advance(seconds=1)
    assert verdict() == "not_active 401"
    broker.says(good)
    assert verdict() == "ok"


def test_a_yes_is_about_one_token(
    vectors: dict[str, Any], broker: BrokerServer, now: SettableClock, good: dict[str, Any]
) -> None:
    """While one token is believed, another one of the same person is asked about."""
    introspection = Introspection(
        broker.address, client_id="a", client_secret="b", believe_for=timedelta(minutes=1)
    )
    first, second = (each["authorization"].removeprefix("Bearer ") for each in vectors["tokens"][:2])
    broker.says(good)
    assert introspection.is_active(first, good, now.now())
    broker.says({"active": False})
    assert not introspection.is_active(second, good, now.now())
    assert introspection.is_active(first, good, now.now())


def test_the_longest_believed_is_forgotten_first(
    monkeypatch: pytest.MonkeyPatch, broker: BrokerServer, now: SettableClock, good: dict[str, Any]
) -> None:
    """What is believed takes no more room than it was given."""
    monkeypatch.setattr("broker.verify.introspection._MOST", 2)
    introspection = Introspection(
        broker.address, client_id="a", client_secret="b", believe_for=timedelta(minutes=1)
    )
    broker.says(good)
    for text in ("first", "second", "third"):
        assert introspection.is_active(text, good, now.now())
    broker.says({"active": False})
    believed = [introspection.is_active(text, good, now.now()) for text in ("first", "second", "third")]
    assert believed == [False, True, True]


def test_a_token_that_is_over_is_not_asked_about(
    asking: Make, broker: BrokerServer, now: SettableClock, good: dict[str, Any]
) -> None:
    """Offline first: an expired token costs the broker nothing and a believed yes does not stretch it."""
    verdict = asking(believe_for=timedelta(hours=1))
    broker.says(good)
    assert verdict() == "ok"
    now.advance(seconds=240)
    assert verdict() == "expired 401"
    assert len(broker.asked) == 1


def test_the_broker_is_asked_over_tls() -> None:
    """The server's own secret goes over no plain http."""
    with pytest.raises(ConfigurationError, match="https"):
        Introspection("http://broker.example/oauth/introspect", client_id="a", client_secret="b")
