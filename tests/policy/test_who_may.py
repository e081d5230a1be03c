from __future__ import annotations

from pathlib import Path

import pytest

from broker.policy.load import load_catalog
from broker.policy.who_may import may_decide, offers

SHIPPED = load_catalog(Path(__file__).parents[2] / "policies")
RECORD = SHIPPED.entitlements["patient-record"]


@pytest.mark.parametrize(
    ("roles", "ids"),
    [
        (
            {"clinician"},
            [
                "telehealth-recording",
                "patient-record",
                "wordpress-notes",
                "ehr-allergies-medication",
                "restricted-record",
            ],
        ),
        ({"admin", "approver", "reviewer"}, []),
        (set(), []),
        ({"unheard-of"}, []),
    ],
)
def test_a_person_is_offered_what_their_roles_may_ask_for(roles: set[str], ids: list[str]) -> None:
    """The form shows what policy names the person's roles for, in the order of the files, and nothing else."""
    assert [entitlement.id for entitlement in offers(SHIPPED, roles)] == ids


@pytest.mark.parametrize(
    "roles", [{"approver"}, {"approver", "admin"}, {"admin", "reviewer", "approver", "clinician"}]
)
def test_nobody_decides_about_themselves(roles: set[str]) -> None:
    """No combination of roles lets a person approve their own request."""
    reason = may_decide(RECORD, roles, "person_1", "person_1")
    assert (reason.met, reason.words) == (False, "This is your own request. Somebody else has to decide it.")


@pytest.mark.parametrize(
    ("roles", "approver", "requester", "already", "met"),
    [
        ({"approver"}, "person_2", "person_1", (), True),
        ({"approver"}, "person_2", "person_1", ("person_3",), True),
        ({"approver"}, "person_2", "person_1", ("person_2",), False),
        ({"admin"}, "person_2", "person_1", (), False),
        ({"reviewer"}, "person_2", "person_1", (), False),
        (set(), "person_2", "person_1", (), False),
        ({"approver"}, "", "person_1", (), False),
        ({"approver"}, "person_2", "", (), False),
    ],
)
def test_only_another_person_with_the_role_decides(
    roles: set[str], approver: str, requester: str, already: tuple[str, ...], met: bool
) -> None:
    """It takes a role policy names, a known person on both sides, and a new person for each approval."""
    assert may_decide(RECORD, roles, approver, requester, already_decided=already).met is met
