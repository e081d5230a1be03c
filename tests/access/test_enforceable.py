"""Where a site cannot enforce what is granted, policy has to say that this will do."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from broker.access.enforceable import limits_on
from broker.access.offered import offered_to
from broker.errors import Refused
from broker.policy.catalog import SiteRules
from broker.sites.tables import sites
from tests.fakes.clinic import Clinic

ENTITLEMENT = "wordpress-notes"


def lose_companion(clinic: Clinic) -> None:
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind="wordpress-core"))


def accept(clinic: Clinic) -> None:
    rules = {"clinic": SiteRules(companion_required=False)}
    clinic.equipment = replace(clinic.equipment, catalog=replace(clinic.equipment.catalog, sites=rules))


def offered(clinic: Clinic) -> list[str]:
    with clinic.store.read() as reader:
        return [each.id for each in offered_to(reader, clinic.equipment.catalog, clinic.clinician.person)]


def test_nothing_is_asked_for_where_nothing_enforces_it(clinic: Clinic) -> None:
    """It is not offered, and whoever asks all the same reads what the site cannot do; breaking glass is no way out."""
    assert ENTITLEMENT in offered(clinic)
    lose_companion(clinic)
    assert ENTITLEMENT not in offered(clinic)
    for ask in (clinic.ask, clinic.break_glass):
        with pytest.raises(Refused, match=r"cannot enforce this by itself.*no dead-man.*no scope"):
            ask(entitlement=ENTITLEMENT)


def test_what_waits_is_not_granted_there_any_more(clinic: Clinic) -> None:
    """A site that lost its companion after the question: the approver reads the same sentence."""
    asked = clinic.ask(entitlement=ENTITLEMENT)
    lose_companion(clinic)
    with pytest.raises(Refused, match="cannot enforce this by itself") as refused:
        clinic.approve(asked.request.id)
    assert "companion: optional" in refused.value.help


def test_policy_may_accept_it(clinic: Clinic) -> None:
    """Then it is offered, asked and granted, and what cannot be promised can be shown."""
    lose_companion(clinic)
    accept(clinic)
    assert ENTITLEMENT in offered(clinic)
    asked = clinic.ask(entitlement=ENTITLEMENT)
    assert clinic.approve(asked.request.id).grant is not None
    with clinic.store.read() as reader:
        assert any("no dead-man" in limit for limit in limits_on(reader, "clinic"))
        assert limits_on(reader, None) == ()


def test_recordings_and_records_know_nothing_of_this(clinic: Clinic) -> None:
    """What the broker holds itself is granted whatever a site can do."""
    lose_companion(clinic)
    assert clinic.approve(clinic.ask().request.id).grant is not None
