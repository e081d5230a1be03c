"""Somebody comes in by a real OpenID provider."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from joserfc.jwk import RSAKey
from sqlalchemy import select

from broker.identity.factors.step_up import Method
from broker.identity.people import Role
from broker.identity.sessions.sessions import sessions_of
from broker.identity.single_sign_on.tables import sso_sessions
from tests.single_sign_on.clinic import Clinic
from tests.single_sign_on.provider.running import MFA

ClinicWith = Callable[..., Clinic]


def test_a_stranger_in_a_known_group_is_in_with_its_roles(clinic: Clinic) -> None:
    """One sign-in there opens both factors here, and what is left is to set up a factor for acts."""
    window = clinic.window()
    answer = clinic.sign_in(window, "lead")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/factor")
    assert window.get("/").status_code == 200
    person = clinic.broker.person("lead@clinic.example")
    assert person
    assert {str(role) for role in person.roles} == {"clinician", "approver"}
    assert clinic.broker.events()[-3:] == ["person.added", "person.linked", "person.signed_in"]
    with clinic.broker.parts.store.read() as reader:
        assert [session.mfa_method for session in sessions_of(reader, person.id)] == [Method.SSO]


def test_whoever_came_in_once_is_the_same_person_again(clinic: Clinic) -> None:
    """By the provider's own id, whatever became of name and address there."""
    clinic.sign_in(clinic.window(), "doctor")
    again = clinic.sign_in(clinic.window(), "doctor")
    assert again.status_code == 303
    assert clinic.broker.events().count("person.added") == 1


def test_all_that_guards_the_way_is_asked_for(clinic: Clinic) -> None:
    """PKCE with S256, a nonce, a state, the strength wanted and how fresh, and none of it twice the same."""
    asked = [parse_qs(urlsplit(clinic.leave(clinic.window()).headers["Location"]).query) for _ in range(2)]
    first, second = asked
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["acr_values"] == [MFA]
    assert first["max_age"] == ["3600"]
    assert "claims" not in first, "this provider takes none"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_a_page_wanted_is_shown_after_the_sign_in(clinic: Clinic) -> None:
    """And no page of another site, however it is written."""
    window = clinic.window()
    clinic.sign_in(window, "doctor")
    clinic.give_factor("doctor@clinic.example")
    assert clinic.sign_in(clinic.window(), "doctor", wanted="/sessions").headers["Location"] == "/sessions"
    assert clinic.sign_in(clinic.window(), "doctor", wanted="//evil.example").headers["Location"] == "/"


def test_where_the_provider_is_no_factor_ours_follows(clinic_with: ClinicWith) -> None:
    """The session of before opens nothing but the way to the code, and an account is found by its checked address."""
    clinic = clinic_with("factor-follows")
    person = clinic.add("doctor@clinic.example", [Role.CLINICIAN])
    window = clinic.window()
    answer = clinic.sign_in(window, "doctor", how="")
    assert answer.headers["Location"].startswith("/factor"), answer.text
    assert window.get("/").headers["Location"].startswith("/factor")
    with clinic.broker.parts.store.read() as reader:
        (session,) = sessions_of(reader, person.id)
    assert session.mfa_at is None
    clinic.give_factor("doctor@clinic.example")
    assert clinic.sign_in(clinic.window(), "doctor", how="").headers["Location"].startswith("/sign-in/code")
    assert "person.signed_in" not in clinic.broker.events()


def test_a_key_proves_the_broker_as_well_as_a_secret(clinic_with: ClinicWith, tmp_path) -> None:
    """private_key_jwt: the provider knows the public half alone."""
    key = RSAKey.generate_key(2048)
    pem = tmp_path / "client.pem"
    pem.write_bytes(key.as_pem(private=True))
    clinic = clinic_with(provider={"key": key}, oidc_client_secret=None, oidc_client_key=pem)
    assert clinic.sign_in(clinic.window(), "doctor").status_code == 303


def test_a_provider_that_insists_is_asked_to(clinic_with: ClinicWith) -> None:
    """Where a provider takes a claim as essential, it is told that the strength is no wish."""
    clinic = clinic_with(provider={"insists": True})
    location = clinic.leave(clinic.window()).headers["Location"]
    assert '"essential": true' in parse_qs(urlsplit(location).query)["claims"][0]
    assert clinic.sign_in(clinic.window(), "doctor").status_code == 303


def test_the_token_of_a_session_is_new_after_the_sign_in(clinic: Clinic) -> None:
    """A cookie planted before opens nothing after it, and the ID token is kept sealed."""
    window = clinic.window()
    window.browser.cookies.set("session", "A" * 43, domain="127.0.0.1", path="/")
    clinic.sign_in(window, "doctor")
    values = [cookie.value for cookie in window.browser.cookies if cookie.name == "session"]
    assert "A" * 43 not in values[-1:]
    with clinic.broker.parts.store.read() as reader:
        (row,) = reader.all(select(sso_sessions))
    assert b"eyJ" not in row.id_token
