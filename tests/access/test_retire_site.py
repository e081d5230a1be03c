import pytest

from broker.access.activate import activate
from broker.access.hand_back import hand_back
from broker.access.retire_site import retire_site
from broker.errors import Conflict, NotFound
from broker.sites.register import account_of, get_site
from tests.fakes.clinic import Clinic


def test_a_site_is_kept_until_everything_there_is_taken_back(clinic: Clinic) -> None:
    """A live grant, and one whose end the site has not confirmed, stand in the way; then it goes."""
    asked = clinic.ask(entitlement="wordpress-notes")
    grant = clinic.approve(asked.request.id).grant
    assert grant is not None
    with pytest.raises(Conflict, match="A grant there has not ended"):
        retire_site(clinic.equipment, "clinic", actor="test")
    activate(clinic.equipment, grant.id)
    clinic.site.fault = "down"
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    with pytest.raises(Conflict):
        retire_site(clinic.equipment, "clinic", actor="test")
    assert "site.retired" not in clinic.events()


def test_a_retired_site_leads_nowhere(clinic: Clinic) -> None:
    """Nobody is linked there, it is not found any more, and the ledger says who let it go."""
    retire_site(clinic.equipment, "clinic", actor="test")
    with clinic.store.read() as reader:
        assert account_of(reader, "clinic", clinic.clinician.id) is None
        with pytest.raises(NotFound):
            get_site(reader, "clinic")
    assert clinic.events()[-1] == "site.retired"
