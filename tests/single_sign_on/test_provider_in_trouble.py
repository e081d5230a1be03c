"""The provider is down, slow or another one."""

from __future__ import annotations

from collections.abc import Callable

from tests.single_sign_on.clinic import Clinic

ClinicWith = Callable[..., Clinic]


def test_a_provider_that_is_down_keeps_nobody_else_out(clinic: Clinic) -> None:
    """The broker started before it was asked for; its page says so and offers the other ways."""
    clinic.provider.stop()
    window = clinic.window()
    answer = window.get("/sso/begin?next=/sessions")
    assert answer.status_code == 503
    assert "cannot be reached now" in answer.text
    assert "/sso/begin?next=/sessions" in answer.text
    assert "/sign-in?next=/sessions" in answer.text
    assert window.get("/sign-in").status_code == 200


def test_a_provider_that_goes_down_on_the_way_is_told_so(clinic: Clinic) -> None:
    """The code cannot be redeemed: nobody is in, and nothing is broken."""
    window = clinic.window()
    address = clinic.way_back(window, "doctor")
    clinic.provider.stop()
    answer = window.get(address)
    assert answer.status_code == 503
    assert clinic.broker.events() == []


def test_a_provider_that_names_another_issuer_is_not_asked(clinic_with: ClinicWith) -> None:
    """Letter by letter: http://localhost is not http://127.0.0.1, though the same machine answers."""
    clinic = clinic_with()
    other = clinic.provider.issuer.replace("127.0.0.1", "localhost")
    strange = clinic_with(oidc_issuer=other)
    assert strange.window().get("/sso/begin").status_code == 503
