import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Insert, event, update

from broker.access.activate import activate
from broker.access.backoff import LONGEST, delay
from broker.access.extend import extend
from broker.access.grant import Cause, Grant, GrantState, get_grant, grant_is_effective
from broker.access.hand_back import hand_back
from broker.access.lease_for import lease_for
from broker.access.revoke import revoke, revoke_all_of
from broker.access.tables import grants
from broker.adapters.port import Adapter, Answer, Outcome, SignedDocument
from broker.clock import SettableClock, new_id
from broker.errors import ConfigurationError, Conflict, NotFound, Refused, SiteError, Unavailable
from broker.identity.disable import disable
from broker.ledger.tables import ledger_entries
from broker.ledger.triggers import unguard_statements
from broker.revocation.sweep import sweep
from broker.sites.register import Site, add_site
from broker.store import Store
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic
from tests.fakes.site import FakeSite


def granted(clinic: Clinic, entitlement: str = "wordpress-notes", **changes: object) -> Grant:
    request = clinic.ask(entitlement=entitlement, **changes).request
    grant = clinic.approve(request.id).grant
    assert grant is not None
    return activate(clinic.equipment, grant.id)


def now_of(clinic: Clinic, grant: Grant) -> Grant:
    with clinic.store.read() as reader:
        return get_grant(reader, grant.id)


def effective(clinic: Clinic, grant: Grant) -> bool:
    with clinic.store.read() as reader:
        return grant_is_effective(reader, grant.id, reader.at)


def test_a_grant_on_a_site_is_active_once_the_site_took_its_lease(clinic: Clinic) -> None:
    """Approve, push, active: the site enforces exactly this grant, for the patient by the site's own name."""
    grant = granted(clinic)
    assert grant.state is GrantState.ACTIVE
    lease = clinic.site.leases[grant.id]
    assert (lease.account, lease.scope["patient"], lease.expires_at) == (
        "dr-on-call",
        "P-1001",
        grant.expires_at,
    )


def test_what_the_broker_itself_holds_is_active_at_once(clinic: Clinic) -> None:
    """A recording needs no site; nothing is pushed anywhere."""
    grant = granted(clinic, "telehealth-recording")
    assert grant.state is GrantState.ACTIVE
    assert clinic.site.calls == []


def test_nobody_gets_in_at_the_end_whether_or_not_anybody_swept(clinic: Clinic) -> None:
    """The end is a fact of the row and the clock, not of the sweep."""
    grant = granted(clinic, "telehealth-recording")
    clinic.clock.advance(seconds=grant.left(clinic.clock.now()).total_seconds() - 1)
    assert effective(clinic, grant)
    clinic.clock.advance(seconds=1)
    assert not effective(clinic, grant)
    assert now_of(clinic, grant).state is GrantState.ACTIVE


def test_the_sweep_ends_what_is_due_and_believes_the_site_only_when_read_back(clinic: Clinic) -> None:
    """Expired, revoked, read back: in this order, each in the ledger."""
    grant = granted(clinic)
    clinic.clock.advance(minutes=15)
    swept = sweep(clinic.equipment)
    after = now_of(clinic, grant)
    assert (swept.expired, swept.revoked, after.state, after.cause) == (
        1,
        1,
        GrantState.REVOKED,
        Cause.EXPIRED,
    )
    assert clinic.site.calls[-2:] == ["revoke", "observe"]
    assert clinic.events()[-2:] == ["grant.revoking", "grant.revoked"]


def test_a_site_that_says_yes_and_still_enforces_is_not_believed(clinic: Clinic) -> None:
    """The answer to a revocation is not the end of it; what the site shows is."""
    grant = granted(clinic)
    clinic.site.fault = "stuck"
    assert hand_back(clinic.equipment, clinic.clinician.person, grant.id).state is GrantState.REVOKING
    clinic.site.fault = ""
    clinic.clock.advance(minutes=1)
    sweep(clinic.equipment)
    assert now_of(clinic, grant).state is GrantState.REVOKED


def test_a_dead_site_is_tried_for_ever_and_called_unconfirmed(clinic: Clinic) -> None:
    """A week of failures gives up nothing; it is told once, and the first good answer ends it."""
    grant = granted(clinic)
    clinic.site.fault = "down"
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    for _ in range(300):
        clinic.clock.advance(minutes=35)
        sweep(clinic.equipment)
    unconfirmed = now_of(clinic, grant)
    assert unconfirmed.state is GrantState.REVOKING
    assert unconfirmed.unconfirmed_at is not None
    assert unconfirmed.tries == 301
    assert clinic.events().count("grant.unconfirmed") == 1
    clinic.site.fault = ""
    clinic.clock.advance(minutes=8)
    assert sweep(clinic.equipment).revoked == 1


def test_a_silent_site_is_asked_once_a_sweep(clinic: Clinic) -> None:
    """Many pushes to a site that does not answer cost one time-out, so that ends elsewhere are not kept waiting."""
    clinic.site.fault = "down"
    waiting = [granted(clinic) for _ in range(3)]
    clinic.clock.advance(minutes=1)
    clinic.site.calls.clear()
    assert sweep(clinic.equipment).activated == 0
    assert clinic.site.calls == ["apply"]
    clinic.site.fault = ""
    clinic.clock.advance(minutes=1)
    assert sweep(clinic.equipment).activated == len(waiting)


def test_the_pause_between_tries_grows_to_a_cap_and_is_spread() -> None:
    """Later tries wait longer, never more than half above the cap, at any number of tries."""
    pauses = [delay(tries, 0.0) for tries in range(1, 200)]
    assert pauses == sorted(pauses)
    assert delay(10_000, 0.999) < LONGEST * 1.5
    assert delay(3, 0.0) < delay(3, 0.5)


def test_a_companion_that_is_gone_is_never_taken_for_revoked(clinic: Clinic) -> None:
    """No companion means nobody can say what the site lets in."""
    grant = granted(clinic)
    clinic.site.fault = "gone"
    assert hand_back(clinic.equipment, clinic.clinician.person, grant.id).state is GrantState.REVOKING


def test_a_push_whose_answer_was_lost_is_repeated_and_then_active(clinic: Clinic) -> None:
    """The effect happened, the answer did not come: the same lease is sent again and changes nothing."""
    clinic.site.fault = "timeout"
    grant = granted(clinic)
    assert grant.state is GrantState.ACTIVATING
    assert not effective(clinic, grant)
    clinic.site.fault = ""
    clinic.clock.advance(seconds=10)
    assert sweep(clinic.equipment).activated == 1
    assert effective(clinic, grant)


def test_a_push_that_never_succeeds_is_taken_back_at_the_end(clinic: Clinic) -> None:
    """Unknown at expiry means: revoke as if it had worked."""
    clinic.site.fault = "timeout"
    grant = granted(clinic)
    clinic.clock.advance(minutes=16)
    sweep(clinic.equipment)
    assert now_of(clinic, grant).state is GrantState.REVOKING
    clinic.site.fault = ""
    clinic.clock.advance(minutes=1)
    sweep(clinic.equipment)
    assert now_of(clinic, grant).state is GrantState.REVOKED
    assert not clinic.site.leases


def test_a_lease_the_site_refuses_is_taken_back(clinic: Clinic) -> None:
    """A refusal ends the grant, and the cause says so."""
    clinic.site.fault = "refuse"
    grant = granted(clinic)
    assert grant.cause is Cause.PUSH_REFUSED
    assert not effective(clinic, grant)


def test_handing_back_during_a_push_that_is_on_its_way_wins(clinic: Clinic) -> None:
    """The late lease meets a tombstone."""
    clinic.site.fault = "down"
    grant = granted(clinic)
    clinic.site.fault = ""
    assert hand_back(clinic.equipment, clinic.clinician.person, grant.id).state is GrantState.REVOKED
    clinic.clock.advance(minutes=1)
    sweep(clinic.equipment)
    assert not clinic.site.leases


def test_only_the_holder_hands_back_and_only_security_revokes(clinic: Clinic) -> None:
    """Another's grant does not exist for a clinician; approvers, reviewers and administrators may end it."""
    grant = granted(clinic)
    with pytest.raises(NotFound):
        hand_back(clinic.equipment, clinic.approver.person, grant.id)
    with pytest.raises(Refused):
        revoke(clinic.equipment, clinic.clinician.person, grant.id)
    ended = revoke(clinic.equipment, clinic.reviewer.person, grant.id)
    assert (ended.state, ended.cause) == (GrantState.REVOKED, Cause.ENDED_BY_SECURITY)


def test_ending_twice_is_no_error(clinic: Clinic) -> None:
    """The second end answers what the first one did."""
    grant = granted(clinic)
    for _ in range(2):
        assert hand_back(clinic.equipment, clinic.clinician.person, grant.id).state is GrantState.REVOKED
    assert clinic.events().count("grant.revoked") == 1


def test_two_grants_of_one_person_live_and_die_apart(clinic: Clinic) -> None:
    """Ending one leaves the other's lease on the site."""
    first, second = granted(clinic), granted(clinic)
    hand_back(clinic.equipment, clinic.clinician.person, first.id)
    assert set(clinic.site.leases) == {second.id}
    assert effective(clinic, second)


def test_an_extension_is_a_linked_grant_capped_by_policy(clinic: Clinic) -> None:
    """It starts while the first one runs, adds to its end, and the chain never passes policy's total."""
    grant = granted(clinic, duration=timedelta(hours=1))
    began = grant.issued_at
    latest = grant
    for _ in range(2):
        code = clinic.clinician.code()
        asked = extend(
            clinic.equipment, clinic.clinician.person, latest.id, timedelta(minutes=30), new_id("form"), code
        )
        issued = clinic.approve(asked.request.id).grant
        assert issued is not None
        assert issued.extends_grant == latest.id
        assert issued.expires_at == latest.expires_at + timedelta(minutes=30)
        latest = activate(clinic.equipment, issued.id)
    assert latest.expires_at <= began + timedelta(hours=2)
    assert now_of(clinic, grant).expires_at == grant.expires_at


def test_what_has_ended_cannot_be_extended(clinic: Clinic) -> None:
    """After the end there is nothing to link to."""
    grant = granted(clinic)
    clinic.clock.advance(minutes=15)
    with pytest.raises(Conflict):
        extend(
            clinic.equipment,
            clinic.clinician.person,
            grant.id,
            timedelta(minutes=15),
            new_id("form"),
            clinic.clinician.code(),
        )


def test_a_clock_set_back_revives_nothing(clinic: Clinic) -> None:
    """Expired and swept or not: an hour back or a year, nothing lives again."""
    swept, unswept = granted(clinic, "telehealth-recording"), granted(clinic, "patient-record")
    clinic.clock.advance(minutes=16)
    assert not effective(clinic, unswept)
    for back in (timedelta(hours=1), timedelta(days=365)):
        clinic.clock.advance(seconds=-back.total_seconds())
        assert not effective(clinic, swept)
        assert not effective(clinic, unswept)


def test_a_store_that_cannot_be_written_grants_nothing_and_still_revokes_on_the_site(
    clinic: Clinic, store: Store
) -> None:
    """A locked database: no new grant, while the site is told all the same, and it is written down later."""
    grant = granted(clinic)
    second = granted(clinic, duration=timedelta(hours=1))
    impatient = open_engine(str(store.engine.url))
    # Whoever holds the lock in this test holds it all through, so there is no use in waiting five seconds.
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=20"))
    locked = Store(impatient, clinic.clock)
    equipment = type(clinic.equipment)(**{**vars(clinic.equipment), "store": locked})
    clinic.clock.advance(minutes=16)
    with store.write():
        assert sweep(equipment).unrecorded == 1
        assert set(clinic.site.leases) == {second.id}
        with pytest.raises(Unavailable):
            activate(equipment, grant.id)
        with pytest.raises(Unavailable, match="the site was told"):
            hand_back(equipment, clinic.clinician.person, second.id)
        assert not clinic.site.opens(second.id)
    impatient.dispose()
    assert sweep(clinic.equipment).revoked == 1
    assert now_of(clinic, grant).state is GrantState.REVOKED


def test_a_ledger_that_cannot_be_continued_still_revokes_on_the_site(clinic: Clinic) -> None:
    """A forged entry in the next place stops every new one; what is due, and what is handed back, ends on the site."""
    due, held = granted(clinic), granted(clinic, duration=timedelta(hours=1))
    with clinic.store.engine.begin() as connection:
        for statement in unguard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(_forged_next(connection))
    clinic.clock.advance(minutes=16)
    assert sweep(clinic.equipment).unrecorded == 1
    assert not clinic.site.opens(due.id)
    assert clinic.site.opens(held.id)
    with pytest.raises(Unavailable):
        hand_back(clinic.equipment, clinic.clinician.person, held.id)
    assert not clinic.site.opens(held.id)


def _forged_next(connection: Connection) -> Insert:
    newest = ledger_entries.select().order_by(ledger_entries.c.seq.desc()).limit(1)
    row = dict(connection.execute(newest).one()._mapping)
    return ledger_entries.insert().values({**row, "seq": row["seq"] + 1, "digest": "f" * 64})


def test_many_sweeps_at_once_revoke_each_grant_once(clinic: Clinic) -> None:
    """Sweepers that meet do the same work and write it down once."""
    for _ in range(5):
        granted(clinic)
    clinic.clock.advance(minutes=20)
    threads = [threading.Thread(target=sweep, args=(clinic.equipment,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep(clinic.equipment)
    assert clinic.events().count("grant.revoked") == 5
    assert not clinic.site.leases


def test_the_sweep_needs_no_memory(clinic: Clinic, clock: SettableClock) -> None:
    """A process that starts again finds what is due in the database alone."""
    grant = granted(clinic)
    clock.advance(days=30)
    another = Store(open_engine(str(clinic.store.engine.url)), clock)
    equipment = type(clinic.equipment)(**{**vars(clinic.equipment), "store": another})
    sweep(equipment)
    another.engine.dispose()
    assert now_of(clinic, grant).state is GrantState.REVOKED


def test_who_is_shut_out_loses_everything_at_once(clinic: Clinic) -> None:
    """Disabling a person ends each of their live grants, on the site too."""
    on_site, here = granted(clinic), granted(clinic, "telehealth-recording")
    assert revoke_all_of(clinic.equipment, clinic.clinician.id, actor=clinic.admin.id) == 2
    assert not effective(clinic, on_site)
    assert not effective(clinic, here)
    assert not clinic.site.leases


def test_a_grant_that_ended_before_it_was_pushed_never_reaches_the_site(clinic: Clinic) -> None:
    """Activation that comes too late sends nothing; the sweep closes the grant."""
    issued = clinic.break_glass(entitlement="wordpress-notes").grant
    assert issued is not None
    clinic.clock.advance(minutes=15)
    assert activate(clinic.equipment, issued.id).state is GrantState.ISSUED
    sweep(clinic.equipment)
    assert now_of(clinic, issued).state is GrantState.REVOKED
    assert clinic.site.calls == []


def test_a_lease_that_comes_after_its_revocation_is_refused_by_version(clinic: Clinic) -> None:
    """The revocation's version is above the lease's, so the same lease sent again meets a tombstone."""
    grant = granted(clinic)
    with clinic.store.read() as reader:
        lease = lease_for(reader, clinic.equipment.lease_signer, grant)
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    assert clinic.site.apply([lease])[grant.id].answer is Answer.REFUSED
    assert not clinic.site.opens(grant.id)


def test_access_of_somebody_shut_out_ends_although_nobody_ended_it(clinic: Clinic) -> None:
    """A process killed between disabling a person and ending their grants leaves that to the sweep."""
    grant = granted(clinic)
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    sweep(clinic.equipment)
    ended = now_of(clinic, grant)
    assert (ended.state, ended.cause) == (GrantState.REVOKED, Cause.ENDED_BY_SECURITY)
    assert clinic.site.leases == {}


@pytest.mark.parametrize(
    "damage", ["cause = 'nonsense'", "issued_at = 'yesterday'", "scope = '{'", "family_began_at = ''"]
)
def test_a_damaged_row_keeps_nobody_elses_access_open(clinic: Clinic, damage: str) -> None:
    """What one row holds that nobody can read is logged, and everything else ends in time."""
    if clinic.store.engine.dialect.name != "sqlite" and "nonsense" not in damage:
        pytest.skip("PostgreSQL keeps no such value")
    broken, sound = granted(clinic), granted(clinic)
    with clinic.store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE grants SET {damage} WHERE id = '{broken.id}'")
    clinic.clock.advance(hours=2)
    sweep(clinic.equipment)
    assert now_of(clinic, sound).state is GrantState.REVOKED


def test_a_push_nobody_can_make_is_told_and_tried_again(clinic: Clinic) -> None:
    """An adapter that breaks in any way leaves the grant activating with a fault to read, not a page with an error."""
    site = clinic.site

    def broken(_site: Site) -> Adapter:
        raise ConfigurationError("No adapter is known for it.")

    clinic.equipment = replace(clinic.equipment, adapter_for=broken)
    grant = granted(clinic)
    assert (grant.state, grant.tries) == (GrantState.ACTIVATING, 1)
    assert "could not call this site" in (grant.fault or "")
    clinic.equipment = replace(clinic.equipment, adapter_for=lambda _site: site)
    clinic.clock.advance(minutes=1)
    sweep(clinic.equipment)
    assert now_of(clinic, grant).state is GrantState.ACTIVE


def test_a_site_nobody_can_call_keeps_no_other_site_open(clinic: Clinic) -> None:
    """An adapter that breaks in any way counts as a failed try, is told of, and the next site's turn comes."""
    first, second = granted(clinic), granted(clinic, "telehealth-recording")
    site = clinic.site

    def broken(_site: Site) -> Adapter:
        raise ConfigurationError("No adapter is known for it.")

    clinic.equipment = replace(clinic.equipment, adapter_for=broken)
    clinic.clock.advance(hours=2)
    for _ in range(5):
        sweep(clinic.equipment)
        clinic.clock.advance(minutes=10)
    assert now_of(clinic, second).state is GrantState.REVOKED
    assert now_of(clinic, first).unconfirmed_at is not None
    clinic.equipment = replace(clinic.equipment, adapter_for=lambda _site: site)
    sweep(clinic.equipment)
    assert now_of(clinic, first).state is GrantState.REVOKED


def test_a_silent_site_keeps_no_other_sites_access_open(clinic: Clinic) -> None:
    """While one site lets a call hang, the other's grant is already revoked and written down."""
    hanging, healthy = granted(clinic), granted(clinic)
    with clinic.store.write() as tx:
        hole = Site(
            "hole", "fake", "A black hole", "https://hole.example", allow_private=False, added_at=tx.at
        )
        add_site(tx, clinic.ledger, hole, actor="test")
        tx.execute(update(grants).where(grants.c.id == hanging.id).values(site_id="hole"))
    clinic.clock.advance(minutes=15)
    other_was_revoked = threading.Event()

    class BlackHole(FakeSite):
        def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
            for _ in range(100):
                if now_of(clinic, healthy).state is GrantState.REVOKED:
                    other_was_revoked.set()
                    break
                threading.Event().wait(0.05)
            raise SiteError("The site did not answer in time.", effect_unknown=True)

    silent = BlackHole(clinic.site.pairing, clinic.clock)
    equipment = replace(
        clinic.equipment, adapter_for=lambda site: silent if site.id == "hole" else clinic.site
    )
    swept = sweep(equipment)
    assert other_was_revoked.is_set()
    assert (swept.revoked, swept.still_revoking) == (1, 1)
