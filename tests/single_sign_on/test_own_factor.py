"""Whoever comes in by a provider confirms acts with a factor of the broker's own, and can lose it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import requests

from broker.identity.factors.step_up import Method
from broker.identity.people import Role
from broker.identity.sessions.sessions import Session, sessions_of
from tests.single_sign_on.clinic import Clinic
from tests.single_sign_on.served_broker import Window

ClinicWith = Callable[..., Clinic]
_KEY = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


def set_up(window: Window) -> requests.Response:
    """Through the pages, with an app that scans the picture."""
    assert "Set up how you confirm it is you" in window.get("/factor").text
    scan = window.post("/factor/begin")
    key = _KEY.search(scan.text)
    assert key, scan.text
    return window.post("/factor/confirm", code=pyotp.TOTP(key[0].replace(" ", "")).now())


def only_session(clinic: Clinic, email: str) -> Session:
    with clinic.broker.parts.store.read() as reader:
        (session,) = sessions_of(reader, clinic.known(email).id)
    return session


def test_a_first_factor_is_set_up_in_a_session_the_provider_opened(clinic: Clinic) -> None:
    """Nothing is asked that is not there yet; the recovery codes are shown, and the session goes on."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    done = set_up(window)
    assert done.status_code == 200
    assert "recovery codes" in done.text.lower()
    assert clinic.known("doctor@clinic.example").has_factor
    assert window.get("/").status_code == 200
    assert only_session(clinic, "doctor@clinic.example").mfa_method is Method.SSO
    assert "Ways to confirm it is you" in window.get("/factor").text


def test_a_first_factor_opens_the_session_where_the_provider_is_none(clinic_with: ClinicWith) -> None:
    """As after a password."""
    clinic = clinic_with("factor-follows")
    clinic.add("doctor@clinic.example", [Role.CLINICIAN])
    window = clinic.window()
    clinic.sign_in(window, "doctor", how="")
    assert set_up(window).status_code == 200
    assert window.get("/").status_code == 200
    assert only_session(clinic, "doctor@clinic.example").mfa_method is Method.TOTP


def test_an_act_is_not_confirmed_by_the_provider(clinic: Clinic) -> None:
    """Asking for access wants a code, in a session with both factors too."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    window.get("/requests/new")
    answer = window.post(
        "/requests/new", patient="P-1001", entitlement="telehealth-recording", purpose="ETREAT",
        reason="unresponsive", note="collapsed", duration="15", path="break_glass",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "request.asked" not in clinic.broker.events()
    assert "request.broke_glass" not in clinic.broker.events()


def test_who_lost_their_factor_can_ask_for_help(clinic: Clinic) -> None:
    """The way there signs in once more, and gives no more than a password would."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    set_up(window)
    assert "/sso/begin?next=/factor/lost" in window.get("/factor").text
    answer = clinic.sign_in(window, "doctor", wanted="/factor/lost")
    assert answer.headers["Location"] == "/factor/lost"
    page = window.get("/factor/lost")
    assert page.status_code == 200
    assert 'name="reason"' in page.text
    assert window.get("/sessions").headers["Location"].startswith("/sign-in/code")
