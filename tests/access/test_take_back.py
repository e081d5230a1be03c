"""Ending a grant, and what a site must be able to tell from it later."""

from __future__ import annotations

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState, get_grant
from broker.access.hand_back import hand_back
from broker.sites.register import newest_version
from tests.fakes.clinic import Clinic


def _granted(clinic: Clinic) -> Grant:
    issued = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert issued is not None
    return activate(clinic.equipment, issued.id)


def _mark(clinic: Clinic) -> int:
    with clinic.store.read() as reader:
        return newest_version(reader, "clinic")


def test_an_end_raises_the_mark(clinic: Clinic) -> None:
    """A site's backup from between beginning and end is seen to be older than the site."""
    grant = _granted(clinic)
    told_of_the_beginning = clinic.site.mark
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    assert clinic.site.mark > told_of_the_beginning
    assert clinic.site.mark == _mark(clinic)


def test_an_end_twice_raises_it_once(clinic: Clinic) -> None:
    """Repeating an end gives out nothing."""
    grant = _granted(clinic)
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    mark = _mark(clinic)
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    assert _mark(clinic) == mark
    with clinic.store.read() as reader:
        assert get_grant(reader, grant.id).state is GrantState.REVOKED
