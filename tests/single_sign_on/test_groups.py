"""Groups of the provider become roles here, and stop being them."""

from __future__ import annotations

from collections.abc import Callable

from tests.single_sign_on.clinic import Clinic
from tests.single_sign_on.provider.running import PEOPLE

ClinicWith = Callable[..., Clinic]


def _moved(clinic: Clinic, groups: list[str]) -> None:
    """The same provider, after somebody there changed the lead's groups."""
    clinic.provider.stop()
    clinic.provider.people["lead"] = {**PEOPLE["lead"], "groups": groups}
    clinic.provider.start()


def test_a_group_that_was_left_takes_its_role_along(clinic: Clinic) -> None:
    """At the next sign-in anywhere, and at once in the sessions that are open."""
    before = clinic.window()
    clinic.sign_in(before, "lead")
    assert before.get("/waiting").status_code == 200
    _moved(clinic, ["doctors"])
    clinic.sign_in(clinic.window(), "lead")
    assert {str(role) for role in clinic.known("lead@clinic.example").roles} == {"clinician"}
    assert before.get("/waiting").status_code == 403
    assert clinic.broker.events().count("person.roles_set") == 1


def test_whoever_left_every_group_is_out_and_has_no_role_left(clinic: Clinic) -> None:
    """The refused sign-in itself ends what the open sessions could do."""
    before = clinic.window()
    clinic.sign_in(before, "lead")
    _moved(clinic, ["cooks"])
    answer = clinic.sign_in(clinic.window(), "lead")
    assert answer.status_code == 403
    assert "None of your groups has a role here" in answer.text
    assert clinic.known("lead@clinic.example").roles == frozenset()
    assert before.get("/waiting").status_code == 403
    assert (
        before.get("/requests/new").status_code != 200
        or "Request access" not in before.get("/requests/new").text
    )


def test_a_group_that_was_joined_brings_its_role(clinic: Clinic) -> None:
    """And one that policy does not know brings nothing."""
    clinic.sign_in(clinic.window(), "doctor")
    clinic.provider.stop()
    clinic.provider.people["doctor"] = {
        **PEOPLE["doctor"],
        "groups": ["doctors", "on-call", "admins", "admin"],
    }
    clinic.provider.start()
    clinic.sign_in(clinic.window(), "doctor")
    assert {str(role) for role in clinic.known("doctor@clinic.example").roles} == {"clinician", "approver"}
