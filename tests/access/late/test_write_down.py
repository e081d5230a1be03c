"""Access ends while nothing can be written: for the broker at once, for the site at once, in the ledger later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broker.access.contain import Containment, contain
from broker.access.containment import OrderState, orders_of
from broker.access.find import live_grants_of
from broker.access.grant import Cause, GrantState, get_grant
from broker.access.hand_back import hand_back
from broker.access.late.write_down import write_down_late
from broker.access.revoke import revoke
from broker.access.take_back import begin_taking_back
from broker.adapters.lease import ContainmentAction
from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.ledger.entry import Entry
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.sweep import sweep
from broker.sites.register import newest_version
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.spooled import Spooled


def late_entries(spooled: Spooled, event: str) -> list[Entry]:
    return [each for each in spooled.clinic.entries(event) if each.facts.get("late")]


@pytest.mark.parametrize("entitlement", ["wordpress-notes", "telehealth-recording"])
def test_handed_back_while_nothing_can_be_written(spooled: Spooled, entitlement: str) -> None:
    """It is over at once, here, in other processes and on the site; the ledger tells it late, with when it was."""
    clinic, grant, other = spooled.clinic, spooled.granted(entitlement), spooled.process()
    with spooled.unwritable():
        ended = hand_back(spooled.equipment, clinic.clinician.person, grant.id)
        assert ended.state is GrantState.REVOKED
        assert not clinic.site.opens(grant.id)
        for process in (spooled.equipment, other):
            assert not spooled.effective(grant, process)
            with process.store.read() as reader:
                assert live_grants_of(reader, clinic.clinician.id) == []
    happened = clinic.clock.now()
    clinic.clock.advance(minutes=3)
    sweep(other)
    assert spooled.known(grant).state is GrantState.REVOKED
    [entry] = late_entries(spooled, "grant.revoking")
    assert (entry.actor, entry.grant, entry.facts["cause"]) == (clinic.clinician.id, grant.id, "handed_back")
    assert str(entry.facts["happened_at"])[:19] == happened.isoformat()[:19]
    assert spooled.equipment.spool.ended() == {}


def test_ended_by_security_while_nothing_can_be_written(spooled: Spooled) -> None:
    """End now by somebody else works too, and says who it was."""
    clinic, grant = spooled.clinic, spooled.granted()
    with spooled.unwritable():
        assert revoke(spooled.equipment, clinic.reviewer.person, grant.id).cause is Cause.ENDED_BY_SECURITY
        assert revoke(spooled.equipment, clinic.reviewer.person, grant.id).cause is Cause.ENDED_BY_SECURITY
    sweep(spooled.equipment)
    assert [each.actor for each in late_entries(spooled, "grant.revoking")] == [clinic.reviewer.id]


def test_the_sweep_puts_each_end_aside_once(spooled: Spooled) -> None:
    """Swept many times while nothing can be written, an end is one record, and what the site said another."""
    grant = spooled.granted()
    spooled.clinic.clock.advance(minutes=16)
    with spooled.unwritable():
        assert [sweep(spooled.equipment).unrecorded for _ in range(4)] == [1] * 4
        assert len(spooled.equipment.spool.waiting().records) == 2
        assert spooled.clinic.site.calls.count("revoke") == 1
    assert sweep(spooled.equipment).revoked == 1
    [ended], [told] = late_entries(spooled, "grant.revoking"), late_entries(spooled, "grant.told_late")
    assert str(ended.facts["happened_at"])[:19] == grant.expires_at.isoformat()[:19]
    assert told.facts["read_back"] is True


def test_a_site_that_is_down_as_well_is_told_until_it_says_so(spooled: Spooled) -> None:
    """Ended by a person while neither database nor site answers: over here at once, there as soon as it answers."""
    clinic, grant = spooled.clinic, spooled.granted()
    with spooled.unwritable():
        clinic.site.fault = "down"
        ended = hand_back(spooled.equipment, clinic.clinician.person, grant.id)
        assert ended.state is GrantState.REVOKING
        sweep(spooled.process())
        assert clinic.site.opens(grant.id)
        clinic.site.fault = ""
        sweep(spooled.process())
        assert not clinic.site.opens(grant.id)
        assert spooled.known(grant).state is GrantState.REVOKED
    sweep(spooled.equipment)
    assert [each.facts["read_back"] for each in late_entries(spooled, "grant.told_late")] == [False, True]


def test_what_ended_by_another_hand_meanwhile_is_told_too(spooled: Spooled) -> None:
    """The row is not moved twice, and the ledger still says who had ended it before."""
    clinic, grant = spooled.clinic, spooled.granted("telehealth-recording")
    with spooled.unwritable():
        hand_back(spooled.equipment, clinic.clinician.person, grant.id)
    plain = clinic.store
    plain.ended = dict  # a process on another machine, that does not see this folder
    with plain.write() as tx:
        begin_taking_back(tx, spooled.equipment, get_grant(tx, grant.id), Cause.EXPIRED, actor="broker")
    write_down_late(spooled.equipment)
    [entry] = late_entries(spooled, "grant.ended_late")
    assert (entry.actor, entry.facts["cause"]) == (clinic.clinician.id, "handed_back")


def test_written_down_twice_at_once_is_written_once(spooled: Spooled) -> None:
    """Two processes that saw the same records."""
    clinic = spooled.clinic
    held = [spooled.granted(duration=timedelta(minutes=10 + n)) for n in range(3)]
    with spooled.unwritable():
        for grant in held:
            hand_back(spooled.equipment, clinic.clinician.person, grant.id)
    here, there = spooled.process(), spooled.process()
    seen = there.spool.waiting()
    assert write_down_late(here) == 6
    there.spool.keep(lambda _: seen.records)  # as if the file had not been emptied
    assert write_down_late(there) == 0
    assert len(late_entries(spooled, "grant.revoking")) == 3
    assert there.spool.waiting().records == ()


def test_a_line_somebody_else_wrote_ends_nothing_and_is_told_once(spooled: Spooled) -> None:
    """Whoever can write to the folder without the key gets an entry in the ledger and no more."""
    clinic, grant = spooled.clinic, spooled.granted("telehealth-recording")
    forged = b'{"after":"","mac":"00","record":{"about":"' + grant.id.encode() + b'","kind":"ended"}}\n'
    with (spooled.folder / "ends.jsonl").open("r+b") as file:
        file.write(forged)
    assert spooled.effective(grant)
    write_down_late(spooled.equipment)
    assert spooled.effective(grant)
    assert len(clinic.entries("late.line_refused")) == 1
    assert (spooled.folder / "refused.jsonl").read_bytes() == forged
    assert write_down_late(spooled.equipment) == 0
    assert len(clinic.entries("late.line_refused")) == 1


def test_a_deleted_line_is_told(spooled: Spooled) -> None:
    """One end taken out of the file: the others stand, and the ledger says that something is missing."""
    clinic = spooled.clinic
    held = [spooled.granted("telehealth-recording", duration=timedelta(minutes=10 + n)) for n in range(2)]
    with spooled.unwritable():
        for grant in held:
            hand_back(spooled.equipment, clinic.clinician.person, grant.id)
    path = spooled.folder / "ends.jsonl"
    content = path.read_bytes()
    first, rest = content.split(b"\n", 1)
    path.write_bytes(rest + bytes(len(first) + 1))
    sweep(spooled.process())
    assert not spooled.effective(held[1])
    [entry] = clinic.entries("late.lines_missing")
    assert entry.facts["gaps"] == 1


def test_an_account_is_shut_out_while_nothing_can_be_written(spooled: Spooled) -> None:
    """The site obeys at once, access behind the account ends, and the order is written down with the version it had."""
    clinic, grant = spooled.clinic, spooled.granted()
    actions = (ContainmentAction.FREEZE, ContainmentAction.END_LEASES)
    with spooled.unwritable():
        ordered = contain(
            spooled.equipment, Containment("clinic", "dr-on-call", actions), actor=clinic.admin.id
        )
        assert ordered.state is OrderState.CONFIRMED
        assert clinic.site.frozen == {"dr-on-call": ordered.version}
        assert not spooled.effective(grant)
        second = contain(
            spooled.equipment,
            Containment("clinic", "mallory", (ContainmentAction.FREEZE,)),
            actor=clinic.admin.id,
        )
        assert second.version > ordered.version
    later = spooled.granted()
    assert later.lease_version not in {ordered.version, second.version}
    sweep(spooled.equipment)
    with clinic.store.read() as reader:
        kept = {order.id: order for order in orders_of(reader, "clinic")}
        assert newest_version(reader, "clinic") > second.version
    assert kept[ordered.id].version == ordered.version
    assert {order.state for order in kept.values()} == {OrderState.CONFIRMED}
    assert [each.facts["late"] for each in clinic.entries("site.contain_ordered")] == [True, True]
    assert spooled.known(grant).state is GrantState.REVOKED


def test_a_late_order_is_no_sign_of_older_records(spooled: Spooled) -> None:
    """The site knows a version the database does not; the next look writes it down first, and finds nothing odd."""
    clinic = spooled.clinic
    with spooled.unwritable():
        contain(
            spooled.equipment,
            Containment("clinic", "mallory", (ContainmentAction.FREEZE,)),
            actor=clinic.admin.id,
        )
    found = {drift.kind for drift in reconcile_site(spooled.equipment, "clinic")}
    assert DriftKind.RECORDS_OLDER not in found


def test_an_end_that_could_not_even_be_put_aside_is_said(spooled: Spooled) -> None:
    """The person is told the truth; in this process the access is over all the same."""
    clinic, grant = spooled.clinic, spooled.granted("telehealth-recording")
    (spooled.folder / "ends.jsonl").unlink()
    spooled.folder.rmdir()
    spooled.folder.write_text("in the way")
    broken = spooled.process()
    with spooled.unwritable():
        with pytest.raises(Unavailable, match="could not be written down"):
            hand_back(broken, clinic.clinician.person, grant.id)
        assert not spooled.effective(grant, broken)
    sweep(broken)
    assert spooled.known(grant).state is GrantState.REVOKED
    assert len(late_entries(spooled, "grant.revoking")) == 1


def test_on_postgresql_too(postgresql_store: Store, clock: SettableClock, tmp_path: Path) -> None:
    """Behind another writer that does not end, access ends in time, and is told late."""
    spooled = Spooled(Clinic(postgresql_store, clock), tmp_path / "spool")
    grant, shut_out = spooled.granted(), (ContainmentAction.FREEZE, ContainmentAction.END_LEASES)
    with spooled.unwritable():
        contain(
            spooled.equipment,
            Containment("clinic", "dr-on-call", shut_out),
            actor=spooled.clinic.admin.id,
        )
        assert not spooled.effective(grant)
        assert sweep(spooled.equipment).unrecorded == 1
        assert not spooled.clinic.site.opens(grant.id)
    sweep(spooled.equipment)
    assert spooled.known(grant).state is GrantState.REVOKED
    assert len(late_entries(spooled, "grant.revoking")) == 1
    spooled.equipment.store.engine.dispose()
