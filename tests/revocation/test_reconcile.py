"""A site that differs from the records is noticed, told, and put right where that may be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from broker.access.grant import GrantState
from broker.access.tables import grants, reviews
from broker.adapters.lease import LeaseClaims
from broker.errors import Conflict, NotFound, Refused, SiteError
from broker.policy.catalog import Repair
from broker.revocation.reconcile.due import reconcile_due
from broker.revocation.reconcile.one_site import repair_drift
from broker.revocation.reconcile.open_drifts import MOST_AT_ONCE
from broker.sites.register import newest_version
from broker.sites.watch import watch_of
from tests.revocation.watched import EVERY, Watched


def test_a_site_as_it_was_granted_differs_in_nothing(watched: Watched) -> None:
    """Live, ended, live again: nothing is reported and nothing is sent beyond what was asked for."""
    watched.ended(watched.granted())
    watched.granted()
    calls = len(watched.site.calls)
    assert watched.look().silent == 0
    assert watched.kinds() == []
    assert watched.site.calls[calls:] == ["observe", "health", "events"]


def test_access_that_ended_and_is_back_is_ended_again_at_once(watched: Watched) -> None:
    """Whatever policy says: what the records say has ended is taken back, and both are in the ledger."""
    grant = watched.granted()
    lease = watched.site.leases[grant.id]
    watched.ended(grant)
    watched.site.leases[grant.id] = lease
    watched.look()
    assert grant.id not in watched.site.leases
    assert watched.kinds() == []
    found, repaired = watched.told("drift.found"), watched.told("drift.repaired")
    assert [entry.entry.grant for entry in (*found, *repaired)] == [grant.id, grant.id]
    assert found[0].entry.facts["kind"] == "ended_but_active"
    assert found[0].entry.subject == watched.clinician.id


def test_what_stays_although_it_was_ended_again_stays_reported(watched: Watched) -> None:
    """A site that says yes and goes on is not believed; how often it was tried is shown."""
    grant = watched.granted()
    lease = watched.site.leases[grant.id]
    watched.ended(grant)
    watched.site.leases[grant.id] = lease
    watched.site.fault = "stuck"
    watched.look()
    watched.look()
    (drift,) = watched.drifts()
    assert (drift.tries, drift.fault) == (2, "The site took it, and shows the same as before.")
    assert len(watched.told("drift.found")) == 1
    watched.site.fault = ""
    watched.look()
    assert watched.kinds() == []


def forget(watched: Watched, grant_id: str) -> None:
    """The records lose a grant, as a restored backup would: row and ledger know nothing of it."""
    with watched.store.write() as tx:
        tx.execute(delete(reviews).where(reviews.c.grant_id == grant_id))
        tx.execute(delete(grants).where(grants.c.id == grant_id))


def foreign(watched: Watched, grant_id: str = "grant_nobody", account: str = "somebody") -> LeaseClaims:
    """A lease this broker's key signed and its records do not know."""
    template = watched.site.leases.get(watched.granted().id)
    assert template is not None
    lease = replace(template, grant=grant_id, account=account)
    watched.site.leases[grant_id] = lease
    return lease


def test_what_nobody_granted_is_reported_and_left(watched: Watched) -> None:
    """The records may be what is missing: without policy's word nothing is removed, however often it is seen."""
    foreign(watched)
    for _ in range(3):
        watched.look()
    (drift,) = watched.drifts()
    assert (drift.kind, drift.subject, drift.grant_id) == ("unknown_active", "grant_nobody", None)
    assert "somebody" in drift.sentence
    assert "grant_nobody" in watched.site.leases
    assert watched.told("drift.found")[0].entry.facts["alarm"] is True


def test_policy_may_have_it_ended(watched: Watched) -> None:
    """repair: [unknown] ends what neither the records nor the ledger know, and nothing else."""
    watched.rules(Repair.UNKNOWN)
    lease = foreign(watched)
    watched.look()
    assert "grant_nobody" not in watched.site.leases
    assert watched.site.tombstones["grant_nobody"] > lease.version
    assert len(watched.site.leases) == 1
    assert watched.kinds() == []


def test_a_grant_whose_row_is_gone_is_never_ended(watched: Watched) -> None:
    """The ledger knows it, so the row is what is missing; policy's word does not change that."""
    watched.rules(Repair.UNKNOWN)
    grant = watched.granted()
    forget(watched, grant.id)
    watched.look()
    assert grant.id in watched.site.leases
    (drift,) = watched.drifts()
    assert "older than the ledger" in drift.sentence
    assert drift.fault is not None
    assert "nothing is ended" in drift.fault


def test_a_lease_the_site_lost_is_reported_with_what_would_be_done(watched: Watched) -> None:
    """Without policy's word a person decides; by hand it is sent again."""
    grant = watched.granted()
    watched.site.leases.clear()
    watched.look()
    (drift,) = watched.drifts()
    assert (drift.kind, drift.grant_id, drift.proposal) == ("missing", grant.id, "Send the lease again.")
    assert repair_drift(watched.equipment, drift.id, actor=watched.admin.id) is None
    assert watched.site.opens(grant.id)
    assert watched.told("drift.repaired")[0].entry.actor == watched.admin.id
    with pytest.raises(NotFound):
        repair_drift(watched.equipment, drift.id, actor=watched.admin.id)


def test_policy_may_have_it_sent_again(watched: Watched) -> None:
    """repair: [missing]: the holder gets in again within one pass."""
    watched.rules(Repair.MISSING)
    grant = watched.granted()
    watched.site.leases.clear()
    watched.look()
    assert watched.site.opens(grant.id)
    assert watched.told("drift.repaired")[0].entry.actor == "broker"


def test_what_the_site_says_against_it_is_shown(watched: Watched) -> None:
    """A lease the site refuses stays missing, with the site's word."""
    watched.rules(Repair.MISSING)
    grant = watched.granted()
    watched.site.leases.clear()
    watched.site.tombstones[grant.id] = 99
    watched.look()
    (drift,) = watched.drifts()
    assert drift.fault == "The site refused it: revoked."
    assert watched.now_of(grant).state is GrantState.ACTIVE


def test_another_lease_than_the_granted_one_is_noticed(watched: Watched) -> None:
    """For another account, of another version, or with another end."""
    grant = watched.granted()
    right = watched.site.leases[grant.id]
    for wrong in (
        replace(right, account="root"),
        replace(right, version=right.version + 1),
        replace(right, expires_at=right.expires_at.replace(year=2027)),
    ):
        watched.site.leases[grant.id] = wrong
        watched.look()
        assert watched.kinds() == ["wrong_lease"]
        watched.site.leases[grant.id] = right
        watched.look()
        assert watched.kinds() == []


def test_a_grant_on_its_way_is_no_difference(watched: Watched) -> None:
    """Activating, revoking, ended or begun in this very moment: the verbs and the sweep are at it."""
    watched.site.fault = "timeout"
    activating = watched.approve(watched.ask(entitlement="wordpress-notes").request.id).grant
    assert activating is not None
    pushed = watched.granted()
    watched.site.fault = ""
    watched.look()
    assert pushed.state is GrantState.ACTIVATING
    assert pushed.id in watched.site.leases
    assert watched.kinds() == []


def test_a_dead_site_is_written_down_and_asked_less_often(watched: Watched) -> None:
    """Its turn comes later and later up to two minutes; what was open stays open; its return is noticed."""
    watched.granted()
    watched.site.leases.clear()
    watched.look()
    watched.site.fault = "down"
    asked = [watched.look().looked for _ in range(20)]
    assert sum(asked) < 10
    assert watched.kinds() == ["missing"]
    with watched.store.read() as reader:
        watch = watch_of(reader, "clinic")
    assert watch.failures == sum(asked)
    assert "does not answer" in (watch.fault or "")
    watched.site.fault = ""
    watched.clock.advance(minutes=3)
    watched.look()
    with watched.store.read() as reader:
        assert watch_of(reader, "clinic").fault is None


def test_a_companion_that_is_gone_is_an_alarm_until_it_is_back(watched: Watched) -> None:
    """Nobody can say what the site lets in; nothing else is judged meanwhile."""
    watched.granted()
    watched.site.fault = "gone"
    watched.look()
    assert watched.kinds() == ["companion_missing"]
    assert watched.told("drift.found")[0].entry.facts["alarm"] is True
    (drift,) = watched.drifts()
    with pytest.raises(Refused) as refused:
        repair_drift(watched.equipment, drift.id, actor=watched.admin.id)
    assert "Install the companion" in refused.value.help
    watched.site.fault = ""
    watched.clock.advance(minutes=3)
    watched.look()
    assert watched.kinds() == []
    assert len(watched.told("drift.gone")) == 1


def test_a_repair_at_a_site_that_does_not_answer_says_so(watched: Watched) -> None:
    """Nothing is called done that was not seen."""
    watched.granted()
    watched.site.leases.clear()
    watched.look()
    (drift,) = watched.drifts()
    watched.site.fault = "down"
    with pytest.raises(SiteError):
        repair_drift(watched.equipment, drift.id, actor=watched.admin.id)
    assert watched.kinds() == ["missing"]


def test_records_older_than_the_site_end_nothing(watched: Watched) -> None:
    """The broker was restored from a backup: an alarm, no repair, no version given out twice."""
    watched.rules(Repair.UNKNOWN, Repair.MISSING)
    foreign(watched)
    watched.look()
    watched.site.leases["grant_later"] = replace(
        next(iter(watched.site.leases.values())), grant="grant_later"
    )
    watched.site.mark = 500
    watched.look()
    assert watched.kinds() == ["records_older", "unknown_active"]
    assert "grant_later" in watched.site.leases
    with watched.store.read() as reader:
        assert newest_version(reader, "clinic") > 500
    unknown = next(drift for drift in watched.drifts() if drift.kind == "unknown_active")
    with pytest.raises(Conflict):
        repair_drift(watched.equipment, unknown.id, actor=watched.admin.id)
    older = next(drift for drift in watched.drifts() if drift.kind == "records_older")
    assert repair_drift(watched.equipment, older.id, actor=watched.admin.id) is None
    watched.look()
    assert watched.kinds() == []
    assert "grant_later" not in watched.site.leases


def test_a_site_cannot_use_up_all_versions(watched: Watched) -> None:
    """A mark no broker could have reached is reported and not followed."""
    watched.site.mark = 2**50
    watched.look()
    assert watched.kinds() == ["records_older"]
    with watched.store.read() as reader:
        assert newest_version(reader, "clinic") < 100
        assert watch_of(reader, "clinic").mark < 100


def test_thousands_of_differences_are_written_down_in_turns(watched: Watched) -> None:
    """A site that shows everything at once keeps nobody waiting for one long commit, and has its next turn at once."""
    template = watched.site.leases[watched.granted().id]
    invented = {
        f"grant_{number}": replace(template, grant=f"grant_{number}") for number in range(MOST_AT_ONCE + 3)
    }
    watched.site.leases |= invented
    watched.look()
    assert len(watched.drifts()) == MOST_AT_ONCE
    assert reconcile_due(watched.equipment, EVERY).looked == 1
    assert len(watched.drifts()) == MOST_AT_ONCE + 3
    watched.site.leases = {template.grant: template}
    watched.look()
    assert len(watched.drifts()) == 3
    assert reconcile_due(watched.equipment, EVERY).looked == 1
    assert watched.kinds() == []
    assert len(watched.told("drift.gone")) == len(invented)
