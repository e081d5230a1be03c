from __future__ import annotations

import pytest

from broker.errors import Conflict, Invalid, NotFound
from broker.identity.disable import disable, enable
from broker.identity.people import Role, add_person, by_email, by_id, everyone, set_roles, with_role


def add(tx, ledger, email, *roles, name="Somebody"):
    return add_person(tx, ledger, email=email, name=name, roles=roles, actor="broker")


def test_a_person_is_found_by_every_spelling_of_the_address(store, ledger):
    """Sign-in does not depend on capitals or tags."""
    with store.write() as tx:
        added = add(tx, ledger, "Ward.One@clinic.example", Role.CLINICIAN)
    with store.read() as reader:
        assert by_email(reader, "ward.one+night@CLINIC.example") == added
        assert by_email(reader, "ward.two@clinic.example") is None
    assert added.email == "Ward.One@clinic.example"
    assert not added.has_factor


def test_the_same_identity_cannot_exist_twice(store, ledger):
    """An alias of somebody's mailbox is that person, so it cannot become their approver."""
    with store.write() as tx:
        add(tx, ledger, "a@x.example", Role.CLINICIAN)
    with pytest.raises(Conflict), store.write() as tx:
        add(tx, ledger, "A+b@x.example", Role.APPROVER)
    with store.read() as reader:
        assert len(everyone(reader)) == 1


@pytest.mark.parametrize("typed", ["\ud800", "a@\x00", "x" * 5000, "no address"])
def test_anything_can_be_typed_where_an_address_is_looked_up(store, typed):
    """Nonsense finds nobody and breaks nothing."""
    with store.read() as reader:
        assert by_email(reader, typed) is None


def test_roles_are_replaced_and_written_down(store, ledger, events, ledger_text):
    """Setting roles tells the ledger what they were and what they are."""
    with store.write() as tx:
        person = add(tx, ledger, "a@x.example", Role.CLINICIAN, Role.REVIEWER)
    with store.write() as tx:
        changed = set_roles(tx, ledger, person.id, [Role.APPROVER], actor="broker")
    assert changed.roles == {Role.APPROVER}
    assert events() == ["person.added", "person.roles_set"]
    assert '"before":["clinician","reviewer"]' in ledger_text()
    assert "a@x.example" not in ledger_text()


def test_approvers_to_notify_are_those_who_can_sign_in(store, ledger):
    """A disabled approver is nobody to wait for; all roles of the others are known."""
    with store.write() as tx:
        stays = add(tx, ledger, "a@x.example", Role.APPROVER, Role.CLINICIAN, name="B")
        leaves = add(tx, ledger, "b@x.example", Role.APPROVER, name="A")
        add(tx, ledger, "c@x.example", Role.REVIEWER)
        disable(tx, ledger, leaves.id, actor="broker")
    with store.read() as reader:
        assert with_role(reader, Role.APPROVER) == [stays]
        assert [person.id for person in everyone(reader)][:2] == [leaves.id, stays.id]


def test_disabling_and_enabling_twice_is_success(store, ledger, events):
    """The second time changes nothing and writes nothing."""
    with store.write() as tx:
        person = add(tx, ledger, "a@x.example")
        for act in (disable, disable, enable, enable):
            act(tx, ledger, person.id, actor="broker")
        assert not by_id(tx, person.id).disabled
    assert events() == ["person.added", "person.disabled", "person.enabled"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x1b[31m"])
def test_a_name_is_short_printable_text(store, ledger, name):
    """No empty names, and none that paint a terminal."""
    with pytest.raises(Invalid) as refused, store.write() as tx:
        add(tx, ledger, "a@x.example", name=name)
    assert "name" in refused.value.faults


def test_an_unknown_person_is_not_found(store):
    """Asking for an id that nobody has says so."""
    with pytest.raises(NotFound), store.read() as reader:
        by_id(reader, "person_0")
