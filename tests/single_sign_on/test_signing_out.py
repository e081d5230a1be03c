"""Who is signed out at the provider is signed out here, and the other way round."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import requests

from broker.identity.people import Role
from broker.identity.sessions.sessions import sessions_of
from broker.identity.single_sign_on.going_out.sso_sessions import hint_of
from tests.single_sign_on.clinic import Clinic
from tests.single_sign_on.served_broker import Window

ClinicWith = Callable[..., Clinic]
_REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
_XSRF = re.compile(r'name="xsrf" value="([^"]+)"')


def _leave_provider(window: Window, address: str) -> requests.Response:
    """Through the provider's page, up to where it sends the browser."""
    page = window.browser.get(address)
    xsrf = _XSRF.search(page.text)
    assert xsrf, page.text
    base = page.url.partition("/session/end")[0]
    return window.browser.post(
        f"{base}/session/end/confirm", data={"xsrf": xsrf[1], "logout": "yes"}, allow_redirects=False
    )


def _open_sessions(clinic: Clinic, email: str) -> int:
    with clinic.broker.parts.store.read() as reader:
        return len(sessions_of(reader, clinic.known(email).id))


def test_signing_out_here_leads_on_to_the_provider_and_back(clinic: Clinic) -> None:
    """Without a click and without a script; the next person at the ward PC is asked who they are."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    window.get("/")
    page = window.post("/sign-out")
    assert page.status_code == 200
    assert _open_sessions(clinic, "doctor@clinic.example") == 0
    address = _REFRESH.search(page.text)
    assert address, page.text
    way = html.unescape(address[1])
    assert way.startswith(f"{clinic.provider.issuer}/session/end?client_id=broker&")
    back = _leave_provider(window, way)
    assert back.headers["Location"] == f"{clinic.broker.url}/signed-out"
    assert "You are signed out" in window.get("/signed-out").text
    # A provider that remembered the browser would lead straight back.
    left = clinic.leave(window)
    assert (
        "/interaction/"
        in window.browser.get(left.headers["Location"], allow_redirects=False).headers["Location"]
    )


def test_signing_out_works_although_the_provider_does_not(clinic: Clinic) -> None:
    """The session here ends first, whatever the provider does."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    window.get("/")
    clinic.provider.stop()
    assert window.post("/sign-out").status_code in {200, 303}
    assert _open_sessions(clinic, "doctor@clinic.example") == 0


def test_the_provider_ends_the_session_it_began(clinic: Clinic) -> None:
    """By its back channel, with no browser in between: that sign-in's session, and no other."""
    here, elsewhere = clinic.window(), clinic.window()
    clinic.sign_in(here, "doctor")
    clinic.sign_in(elsewhere, "doctor")
    assert _open_sessions(clinic, "doctor@clinic.example") == 2
    _leave_provider(here, f"{clinic.provider.issuer}/session/end")
    assert here.get("/").headers["Location"].startswith("/sign-in")
    assert elsewhere.get("/").status_code == 200
    assert _open_sessions(clinic, "doctor@clinic.example") == 1
    assert clinic.broker.events()[-1] == "session.ended"


def test_somebody_who_signed_in_here_is_not_sent_to_the_provider(clinic_with: ClinicWith) -> None:
    """Their session is none of the provider's business."""
    clinic = clinic_with("factor-follows")
    clinic.add("doctor@clinic.example", [Role.CLINICIAN])
    clinic.give_password("doctor@clinic.example")
    window = clinic.window()
    clinic.password(window, "doctor@clinic.example")
    window.get("/factor")
    answer = window.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in"


def test_nobody_but_the_provider_orders_a_sign_out(clinic: Clinic) -> None:
    """Nonsense of every kind is refused in the standard's own way, and ends nothing."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    at = f"{clinic.broker.url}/sso/backchannel-logout"
    token = _id_token(clinic)
    for said in (
        {},
        {"logout_token": ""},
        {"logout_token": "a.b.c"},
        {"logout_token": token},
        {"logout_token": "x" * 60_000},
    ):
        answer = requests.post(at, data=said)
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"
        assert answer.headers["Cache-Control"] == "no-store"
    assert requests.post(at, data=[("logout_token", token), ("logout_token", token)]).status_code == 400
    assert requests.post(at, data=b"\xff\xfe").status_code == 400
    assert requests.get(at).status_code == 405
    assert window.get("/").status_code == 200


def _id_token(clinic: Clinic) -> str:
    parts = clinic.broker.parts
    with parts.store.read() as reader:
        (session,) = sessions_of(reader, clinic.known("doctor@clinic.example").id)
        token = hint_of(reader, parts.lobby.box, session.id)
    assert token
    return token
