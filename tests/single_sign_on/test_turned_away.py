"""Whom a real provider vouches for, and who stays outside all the same."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import requests
from sqlalchemy import select

from broker.identity.people import Role
from broker.identity.single_sign_on.tables import sso_sessions
from tests.single_sign_on.clinic import Clinic

ClinicWith = Callable[..., Clinic]


def outside(clinic: Clinic, answer: requests.Response, words: str, status: int = 403) -> None:
    """A page that says why, with a way on, and no session behind it."""
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert "Try again" in answer.text
    with clinic.broker.parts.store.read() as reader:
        assert not reader.all(select(sso_sessions))


def changed(address: str, **query: str | None) -> str:
    parts = urlsplit(address)
    kept = {**dict(parse_qsl(parts.query)), **query}
    return urlunsplit(
        parts._replace(query=urlencode({name: text for name, text in kept.items() if text is not None}))
    )


@pytest.mark.parametrize("how", ["", "urn:clinic:password", "urn:clinic:mfa2"])
def test_a_weaker_sign_in_than_asked_for_is_refused(clinic: Clinic, how: str) -> None:
    """The provider says by itself how weak it was, and the library would have taken it."""
    outside(clinic, clinic.sign_in(clinic.window(), "doctor", how=how), "not as strongly as is needed")


def test_a_sign_in_of_too_long_ago_is_refused(clinic: Clinic) -> None:
    """The provider was told how fresh it has to be, and answers with an old one."""
    answer = clinic.sign_in(clinic.window(), "doctor", ago="3700")
    outside(clinic, answer, "not as strongly as is needed")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("access_denied", "did not sign you in"),
        ("login_required", "did not sign you in"),
        ("unmet_authentication_requirements", "not as strongly as is needed"),
    ],
)
def test_what_the_provider_declines_is_told_in_our_words(clinic: Clinic, said: str, words: str) -> None:
    """Its own description is not repeated: whoever writes an address could write that, too."""
    answer = clinic.sign_in(clinic.window(), "doctor", refuse=said)
    outside(clinic, answer, words)
    assert "said by the provider" not in answer.text


def test_an_answer_is_for_the_browser_that_left(clinic: Clinic) -> None:
    """Somebody else's way back, mailed to a clinician, signs nobody in."""
    address = clinic.way_back(clinic.window(), "doctor")
    outside(clinic, clinic.window().get(address), "begun too long ago, or in another window")


def test_an_answer_to_another_attempt_is_refused(clinic: Clinic) -> None:
    """The browser that begins again has left the first attempt; a made-up state is none."""
    window = clinic.window()
    first = clinic.way_back(window, "doctor")
    clinic.leave(window)
    outside(clinic, window.get(first), "begun too long ago, or in another window")
    clinic.leave(window)
    outside(clinic, window.get("/sso/callback?code=x&state=y"), "begun too long ago, or in another window")


def test_a_code_of_another_attempt_is_refused(clinic: Clinic) -> None:
    """Put into an attempt of the attacker's choice, a stolen code fails at the provider: the verifier is another's."""
    stolen = dict(parse_qsl(urlsplit(clinic.way_back(clinic.window(), "doctor")).query))["code"]
    window = clinic.window()
    own = clinic.way_back(window, "lead")
    outside(clinic, window.get(changed(own, code=stolen)), "does not hold")


@pytest.mark.parametrize("issuer", [None, "", "https://other.example", "{issuer}/"])
def test_an_answer_of_another_issuer_is_refused(clinic: Clinic, issuer: str | None) -> None:
    """This provider names itself in its answers, so an answer without its name is none of its."""
    window = clinic.window()
    named = issuer.format(issuer=clinic.provider.issuer) if issuer else issuer
    outside(clinic, window.get(changed(clinic.way_back(window, "doctor"), iss=named)), "does not hold")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_signs_somebody_in(clinic: Clinic, site: str) -> None:
    """A link there leads to our sign-in page, where one presses the button oneself."""
    answer = clinic.window().get("/sso/begin?next=/sessions", **{"Sec-Fetch-Site": site})
    assert answer.headers["Location"] == "/sign-in?next=/sessions"
    assert "sso" not in answer.cookies


def test_a_way_back_works_once(clinic: Clinic) -> None:
    """In the same browser it leads to the start page, elsewhere nowhere."""
    window = clinic.window()
    address = clinic.way_back(window, "doctor")
    assert window.get(address).status_code == 303
    assert window.get(address).headers["Location"] == "/"
    window.browser.cookies.clear()
    assert window.get(address).status_code == 403


def test_nobody_without_a_role_gets_an_account(clinic: Clinic) -> None:
    """No group, no person: the provider's other people leave no trace but the refusal."""
    outside(clinic, clinic.sign_in(clinic.window(), "visitor"), "None of your groups has a role here")
    assert clinic.broker.person("visitor@clinic.example") is None
    assert clinic.broker.events() == ["person.sign_in_failed"]


@pytest.mark.parametrize(
    ("who", "words"), [("unproved", "does not say that your email"), ("without", "nobody has an account")]
)
def test_an_address_nobody_checked_is_nobodys(clinic: Clinic, who: str, words: str) -> None:
    """Neither a new account nor one that is there."""
    clinic.add("unproved@clinic.example", [Role.ADMIN])
    answer = clinic.sign_in(clinic.window(), who)
    outside(clinic, answer, words)
    # What an administrator needs to link them by hand.
    assert f"<code>{who}</code>" in answer.text


def test_an_account_is_not_found_by_address_unless_policy_says_so(clinic: Clinic) -> None:
    """Whoever can choose their address at the provider must not choose their account here."""
    clinic.add("doctor@clinic.example", [Role.ADMIN])
    outside(clinic, clinic.sign_in(clinic.window(), "doctor"), "belongs to another sign-in already")


def test_another_spelling_of_an_address_is_not_the_account(clinic_with: ClinicWith) -> None:
    """A provider that checks a tagged address has not checked who owns the account."""
    people = {"tag": {"email": "admin+x@clinic.example", "email_verified": True}}
    clinic = clinic_with("factor-follows", provider={"people": people})
    clinic.add("admin@clinic.example", [Role.ADMIN])
    outside(clinic, clinic.sign_in(clinic.window(), "tag"), "belongs to another sign-in already")


def test_an_address_that_was_given_on_is_not_the_account(clinic_with: ClinicWith) -> None:
    """A new colleague with the address of the one before comes in as nobody."""
    address = {"email": "desk@clinic.example", "email_verified": True}
    clinic = clinic_with("factor-follows", provider={"people": {"before": address, "after": address}})
    clinic.add("desk@clinic.example", [Role.CLINICIAN])
    assert clinic.sign_in(clinic.window(), "before").status_code == 303
    answer = clinic.sign_in(clinic.window(), "after")
    assert answer.status_code == 403
    assert "belongs to another sign-in already" in answer.text


def test_where_local_accounts_are_out_of_use_only_the_named_get_past_the_password(
    clinic_with: ClinicWith,
) -> None:
    """The right password of anybody else is as wrong as any; the named are out of the provider's reach."""
    clinic = clinic_with(
        "provider-alone",
        provider={"people": {"evil": {"email": "oncall@clinic.example", "email_verified": True}}},
    )
    for name in ("oncall", "doctor"):
        clinic.add(f"{name}@clinic.example", [Role.CLINICIAN])
        clinic.give_password(f"{name}@clinic.example")
    page = clinic.window().get("/sign-in").text
    assert (
        0 < page.index("Sign in with Clinic sign-in") < page.index("the few people") < page.index("Password")
    )
    assert clinic.password(clinic.window(), "oncall@clinic.example").status_code == 303
    refused = clinic.password(clinic.window(), "doctor@clinic.example")
    assert refused.status_code == 422
    assert "The email or the password is not right." in refused.text
    answer = clinic.sign_in(clinic.window(), "evil")
    assert answer.status_code == 403
    assert "belongs to another sign-in already" in answer.text


def test_the_door_is_closed_where_no_provider_is_named(clinic_with: ClinicWith) -> None:
    """Its pages are not there, and the sign-in page does not speak of it."""
    clinic = clinic_with("usual", oidc_issuer="")
    for path in ("/sso/begin", "/sso/callback"):
        assert clinic.window().get(path).status_code == 404
    assert "Sign in with Clinic" not in clinic.window().get("/sign-in").text
