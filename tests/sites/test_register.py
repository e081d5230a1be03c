import pytest

from broker.clock import SettableClock
from broker.errors import Invalid, NotFound
from broker.ledger.chain import Ledger
from broker.patients.register import add_patient
from broker.sites.register import (
    Site,
    account_of,
    add_site,
    get_site,
    link_account,
    link_patient,
    list_sites,
    patient_ref,
    reserve_versions,
)
from broker.store import Store


def site(store: Store, **changes: object) -> Site:
    values = {"id": "clinic", "kind": "wordpress", "title": "Clinic", "base_url": "https://clinic.example/"}
    return Site(**{**values, "allow_private": False, "added_at": store.clock.now(), **changes})  # type: ignore[arg-type]


@pytest.fixture
def connected(store: Store) -> Store:
    with store.write() as tx:
        add_site(tx, Ledger(), site(store), actor="test")
    return store


def test_a_site_is_connected_under_its_id(connected: Store) -> None:
    """The address is kept without its last slash."""
    with connected.read() as reader:
        assert get_site(reader, "clinic").base_url == "https://clinic.example"
        assert [each.id for each in list_sites(reader)] == ["clinic"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "clinic"},
        {"id": "Clinic 2"},
        {"id": "other", "base_url": "http://clinic.example"},
        {"id": "other", "base_url": "https://user@clinic.example"},
        {"id": "other", "base_url": "ftp://clinic.example"},
        {"id": "other", "base_url": "https://clinic.example/?a=1"},
        {"id": "other", "base_url": "https://clinic.example:99999"},
        {"id": "other", "base_url": "https://clinic.example:https"},
        {"id": "other", "base_url": "https://[::1/"},
    ],
)
def test_what_cannot_be_meant_is_refused(connected: Store, wrong: dict[str, object]) -> None:
    """A taken or malformed id, plain http and odd addresses are faults with a name."""
    with pytest.raises(Invalid) as invalid, connected.write() as tx:
        add_site(tx, Ledger(), site(connected, **wrong), actor="test")
    assert invalid.value.faults


def test_an_unknown_site_is_not_found(connected: Store) -> None:
    """The error says how to list and how to connect."""
    with pytest.raises(NotFound, match="other"), connected.read() as reader:
        get_site(reader, "other")


def test_versions_leave_room_for_the_revocation(connected: Store) -> None:
    """Between two leases there is always one number that no other lease carries."""
    with connected.write() as tx:
        taken = [reserve_versions(tx, "clinic") for _ in range(3)]
    assert taken == [1, 3, 5]


def test_an_account_is_linked_and_replaced(connected: Store, clock: SettableClock) -> None:
    """The last answer counts; a person without one has none."""
    with connected.write() as tx:
        for account in ("first", "second"):
            link_account(tx, Ledger(), "clinic", "person_1", account, actor="test")
        assert account_of(tx, "clinic", "person_1") == "second"
        assert account_of(tx, "clinic", "person_2") is None


def test_a_patient_has_the_sites_own_name_or_the_clinics(connected: Store) -> None:
    """Without a link the site is asked for the clinic's own id."""
    with connected.write() as tx:
        patient = add_patient(tx, Ledger(), actor="test", clinic_ref="P-1001")
        assert patient_ref(tx, "clinic", patient.id, "P-1001") == "P-1001"
        link_patient(tx, Ledger(), "clinic", patient.id, "customer-7", actor="test")
        assert patient_ref(tx, "clinic", patient.id, "P-1001") == "customer-7"
