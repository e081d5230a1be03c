"""A resource server beside a real broker: tokens, keys and answers come from its own pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from broker.verify import Introspection, TokenRefused, TokenVerifier
from tests.fakes.front import BASE, Front
from tests.fakes.holder import Holder
from tests.web.issuing.desk import EHR, VERIFIER, App, Desk

URL = f"{EHR}/MedicationRequest/_search"
WHAT = {"patient": "P-1001", "datatype": "MedicationRequest", "action": "read"}

Check = Callable[..., str]


@pytest.fixture
def desk(front: Front) -> Desk:
    return Desk(front)


@pytest.fixture
def app(desk: Desk) -> App:
    """The software that asks for tokens."""
    return desk.register()


@pytest.fixture
def address(front: Front) -> Iterator[str]:
    """Where the broker really listens."""
    server = make_server("127.0.0.1", 0, front.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _verifier(desk: Desk, address: str, **more: Any) -> TokenVerifier:
    return TokenVerifier(BASE, EHR, jwks=f"{address}/oauth/jwks", clock=desk.clinic.clock, **more)


@pytest.fixture
def offline(desk: Desk, address: str) -> TokenVerifier:
    return _verifier(desk, address)


@pytest.fixture
def asking(desk: Desk, address: str) -> TokenVerifier:
    """Asks the broker about every token, as a registered resource server."""
    server = desk.resource_server()
    introspection = Introspection(
        f"{address}/oauth/introspect", client_id=server.id, client_secret=server.secret
    )
    return _verifier(desk, address, introspection=introspection)


def _verdict(verifier: TokenVerifier, authorization: str, *proofs: str) -> str:
    try:
        access = verifier.check(authorization, method="POST", url=URL, dpop_proofs=proofs)
    except TokenRefused as refused:
        return refused.why
    return "opens" if access.allows(**WHAT) else "checked, but opens nothing"


def _bound(desk: Desk, app: App, holder: Holder) -> str:
    """A token bound to the holder's key: the first proof learns the nonce, the second one carries it."""
    place, now = f"{BASE}/oauth/token", desk.clinic.clock.now()
    first = desk.token(app, {"DPoP": holder.proof("POST", place, now)}, grant_type="client_credentials")
    nonce = first.headers["DPoP-Nonce"]
    assert (first.status_code, first.get_json()["error"]) == (400, "use_dpop_nonce")
    code = desk.code(app, desk.grant())
    answer = desk.token(
        app,
        {"DPoP": holder.proof("POST", place, desk.clinic.clock.now(), nonce=nonce)},
        grant_type="authorization_code",
        code=code,
        code_verifier=VERIFIER,
        redirect_uri="https://app.clinic.example/back",
    )
    said = answer.get_json()
    assert said["token_type"] == "DPoP", said
    return str(said["access_token"])


def test_a_token_opens_what_its_grant_names(
    desk: Desk, app: App, offline: TokenVerifier, asking: TokenVerifier
) -> None:
    """Offline and with the broker asked: that patient's medication, nobody else's, nothing else."""
    grant = desk.grant()
    token = desk.issued(app, grant)["access_token"]
    for verifier in (offline, asking):
        access = verifier.check(f"Bearer {token}", method="POST", url=URL)
        assert access.allows(**WHAT)
        assert not access.allows(**{**WHAT, "patient": "P-2002"})
        assert not access.allows(**{**WHAT, "action": "write"})
        assert not access.allows(**{**WHAT, "datatype": "Observation"})
        assert (access.subject, access.client_id) == (desk.who.id, app.id)
        assert (access.permissions[0].identifier, access.permissions[0].purpose) == (grant.id, "ETREAT")
        assert access.expires_at <= grant.expires_at
        assert access.acr
        assert access.auth_time


def test_what_was_handed_back_is_refused_at_once(
    desk: Desk, app: App, offline: TokenVerifier, asking: TokenVerifier
) -> None:
    """Who asks the broker refuses in the same instant; who does not, when the token ends: minutes later."""
    grant = desk.grant()
    token = f"Bearer {desk.issued(app, grant)['access_token']}"
    assert _verdict(asking, token) == "opens"
    desk.clinic.end(grant.id)
    assert _verdict(asking, token) == "not_active"
    assert _verdict(offline, token) == "opens"
    desk.clinic.clock.advance(minutes=5)
    assert _verdict(offline, token) == "expired"


def test_a_token_never_outlives_its_grant(desk: Desk, app: App, offline: TokenVerifier) -> None:
    """In the grant's last minute a token is good for that minute, to the second."""
    grant = desk.grant()
    clock = desk.clinic.clock
    clock.advance(seconds=(grant.expires_at - clock.now()).total_seconds() - 100)
    token = f"Bearer {desk.issued(app, grant)['access_token']}"
    assert _verdict(offline, token) == "opens"
    clock.advance(seconds=(grant.expires_at - clock.now()).total_seconds())
    assert _verdict(offline, token) == "expired"


def test_a_stolen_token_fails_elsewhere(desk: Desk, app: App, asking: TokenVerifier) -> None:
    """Bound to a key: without a proof, with a thief's, with one used before, and for another request it fails."""
    holder, thief = Holder(), Holder()
    token = _bound(desk, app, holder)

    def proof(by: Holder, method: str = "POST", url: str = URL) -> str:
        return by.proof(method, url, desk.clinic.clock.now(), token=token)

    used = proof(holder)
    assert _verdict(asking, f"DPoP {token}", used) == "opens"
    assert _verdict(asking, f"DPoP {token}", used) == "replayed"
    assert _verdict(asking, f"Bearer {token}") == "wrong_scheme"
    assert _verdict(asking, f"DPoP {token}") == "no_proof"
    assert _verdict(asking, f"DPoP {token}", proof(thief)) == "wrong_key"
    assert _verdict(asking, f"DPoP {token}", proof(holder, "GET")) == "wrong_method"
    assert _verdict(asking, f"DPoP {token}", proof(holder, url=f"{EHR}/Observation")) == "wrong_target"
    assert _verdict(asking, f"DPoP {token}", proof(holder)) == "opens"


def test_a_server_for_something_else_hears_nothing(desk: Desk, app: App, address: str) -> None:
    """A resource server of another audience may not ask about this one's tokens."""
    other = desk.resource_server("https://shop.clinic.example/api")
    introspection = Introspection(
        f"{address}/oauth/introspect", client_id=other.id, client_secret=other.secret
    )
    nosy = _verifier(desk, address, introspection=introspection)
    assert _verdict(nosy, f"Bearer {desk.issued(app, desk.grant())['access_token']}") == "not_active"


def test_a_wrong_secret_opens_nothing(desk: Desk, app: App, address: str) -> None:
    """The broker turns the server away, so the server turns everybody away."""
    server = desk.resource_server()
    introspection = Introspection(f"{address}/oauth/introspect", client_id=server.id, client_secret="guess")
    locked_out = _verifier(desk, address, introspection=introspection)
    token = desk.issued(app, desk.grant())["access_token"]
    assert _verdict(locked_out, f"Bearer {token}") == "introspection_unavailable"


def test_a_token_for_the_brokers_own_api_opens_nothing_here(
    desk: Desk, app: App, offline: TokenVerifier
) -> None:
    """Its audience is the broker."""
    said = desk.token(app, grant_type="client_credentials", scope="grants:read").get_json()
    assert _verdict(offline, f"Bearer {said['access_token']}") == "wrong_audience"


def test_keys_rotate_and_nobody_notices(desk: Desk, app: App, offline: TokenVerifier) -> None:
    """Tokens of before and after open side by side; once the old key is withdrawn its tokens are dead."""
    keys = desk.front.parts.signing_keys
    before = f"Bearer {desk.issued(app, desk.grant())['access_token']}"
    assert _verdict(offline, before) == "opens"
    keys.rotate()
    desk.clinic.clock.advance(seconds=30)
    after = f"Bearer {desk.issued(app, desk.grant())['access_token']}"
    assert (_verdict(offline, after), _verdict(offline, before)) == ("opens", "opens")
    keys.withdraw_oldest()
    desk.clinic.clock.advance(minutes=5)
    assert (_verdict(offline, after), _verdict(offline, before)) == ("expired", "unknown_key")
