"""What is wrong with a site itself: its clock, its companion, who is shut out there, and its standing rule."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from broker.access.contain import Containment, contain
from broker.access.retire_site import retire_site
from broker.adapters.lease import EVERYONE, ContainmentAction
from broker.adapters.port import AccountState, Adapter, Answer, Health, Outcome
from broker.adapters.verify import verify_protection
from broker.clock import SettableClock
from broker.revocation.orders import send_orders_due
from broker.revocation.reconcile.due import reconcile_due
from broker.revocation.reconcile.one_site import reconcile_site, repair_drift
from broker.revocation.reconcile.write_down import notice
from broker.sites.register import Site, add_site
from tests.revocation.watched import EVERY, Watched


class OtherTime(SettableClock):
    """A machine whose clock goes wrong."""

    def __init__(self, right: SettableClock, off: timedelta) -> None:
        super().__init__(right.wall())
        self.right, self.off = right, off

    def wall(self):
        return self.right.wall() + self.off


def test_a_clock_that_is_off_is_told_both_ways(watched: Watched) -> None:
    """Leases end by the site's clock, so a quarter of a minute is worth a word; less is not."""
    for minutes, said in ((10, "ahead of"), (-10, "behind")):
        watched.site.clock = OtherTime(watched.clock, timedelta(minutes=minutes))
        watched.look()
        (drift,) = watched.drifts()
        assert drift.kind == "clock_off"
        assert f"600 seconds {said}" in drift.sentence
    watched.site.clock = OtherTime(watched.clock, timedelta(seconds=14))
    watched.look()
    assert watched.kinds() == []


class Unwell:
    """A site whose companion says what is wrong with it."""

    def __init__(self, adapter: Adapter, health: Health) -> None:
        self.adapter, self.said = adapter, health

    def __getattr__(self, name: str) -> object:
        return getattr(self.adapter, name)

    def health(self) -> Health:
        return replace(self.said, site_time=self.adapter.health().site_time)


def test_what_the_companion_reports_is_told_until_it_is_over(watched: Watched) -> None:
    """Old, altered, edited rows: each a sentence; its digest is written down whenever it changes."""
    health = replace(
        watched.site.health(), words=("rows_unproven",), problems=("Somebody edited the table.", "It is old.")
    )
    unwell = Unwell(watched.site, replace(health, companion_digest="f" * 64))
    well = watched.equipment
    watched.equipment = replace(well, adapter_for=lambda _site: unwell)
    watched.look()
    assert {(each.kind, each.subject, each.sentence) for each in watched.drifts()} == {
        ("companion_unwell", "rows_unproven", "Somebody edited the table."),
        ("companion_unwell", "files", "It is old."),
    }
    watched.equipment = well
    watched.look()
    assert watched.kinds() == []
    seen = [entry.entry.facts["after"] for entry in watched.told("site.companion_seen")]
    assert seen == ["f" * 64, "0" * 64]


def freeze(watched: Watched, account: str, *spare: str) -> None:
    what = Containment("clinic", account, (ContainmentAction.FREEZE,), spare)
    contain(watched.equipment, what, actor="broker")
    watched.clock.advance(seconds=1)


def test_an_account_let_in_again_past_the_broker_is_shut_again(watched: Watched) -> None:
    """Whoever edits the site's table does not undo an order; the new one says it anew."""
    freeze(watched, "mallory")
    watched.look()
    assert watched.kinds() == []
    watched.site.frozen.clear()
    watched.look()
    assert "mallory" in watched.site.frozen
    assert [entry.entry.facts["kind"] for entry in watched.told("drift.repaired")] == ["freeze_lost"]
    assert len(watched.told("site.contain_ordered")) == 2


def test_a_site_that_loses_every_order_is_not_given_one_each_pass(watched: Watched) -> None:
    """The ledger is not filled by a site that lies."""
    freeze(watched, "mallory")
    for _ in range(10):
        watched.site.frozen.clear()
        forgetful = Forgetful(watched.site)
        watched.equipment = replace(watched.equipment, adapter_for=lambda _site, f=forgetful: f)
        watched.look()
    assert watched.kinds() == ["freeze_lost"]
    assert len(watched.told("site.contain_ordered")) < 4


class Forgetful(Unwell):
    """Takes every order and forgets it."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter, adapter.health())

    def contain(self, orders):
        return {order.id: Outcome(Answer.DONE) for order in orders}

    def health(self) -> Health:
        return self.adapter.health()


def test_an_account_nobody_here_froze_is_reported_and_can_be_released(watched: Watched) -> None:
    """The records may be what is missing, so nothing happens by itself."""
    watched.site.accounts["somebody"] = AccountState("somebody")
    watched.site.frozen["somebody"] = 3
    watched.look()
    watched.look()
    (drift,) = watched.drifts()
    assert (drift.kind, drift.subject) == ("frozen_outside", "somebody")
    assert repair_drift(watched.equipment, drift.id, actor=watched.admin.id) is None
    assert watched.site.frozen == {}


def test_who_is_shut_out_is_not_missing(watched: Watched) -> None:
    """A lease of a frozen account is asleep; it is not sent again, and not called lost."""
    grant = watched.granted()
    freeze(watched, EVERYONE, "admin")
    watched.look()
    assert not watched.site.opens(grant.id)
    assert watched.kinds() == []


def test_the_rule_for_network_administrators_is_sent_once_and_whenever_it_changes(watched: Watched) -> None:
    """What entitlements open there is what super admins are kept from; free again is said, too."""
    watched.rules(stop_super_admins=True)
    watched.look()
    watched.look()
    (rule,) = watched.site.rules
    claims = verify_protection(rule.jws, watched.site.pairing)
    assert (claims.stop_super_admins, claims.post_types, claims.orders) == (True, ("telehealth_note",), False)
    watched.rules(stop_super_admins=False)
    watched.look()
    later = verify_protection(watched.site.rules[-1].jws, watched.site.pairing)
    assert (later.stop_super_admins, later.version > claims.version) == (False, True)
    assert [entry.entry.facts["super_admins"] for entry in watched.told("site.protected")] == [
        "stopped",
        "free",
    ]


def test_a_rule_the_site_cannot_prove_any_more_is_sent_again(watched: Watched) -> None:
    """Somebody edited it there, or the key that signed it is gone."""
    watched.rules(stop_super_admins=True)
    watched.look()
    well, health = watched.equipment, watched.site.health()
    unwell = Unwell(
        watched.site, replace(health, words=("protection_unproven",), problems=("It is unproven.",))
    )
    watched.equipment = replace(well, adapter_for=lambda _site: unwell)
    watched.look()
    watched.equipment = well
    assert len(watched.site.rules) == 2
    watched.look()
    assert len(watched.site.rules) == 2


def test_a_site_that_was_never_ruled_is_sent_no_rule(watched: Watched) -> None:
    """Most sites have no network of sites."""
    watched.look()
    assert "protect" not in watched.site.calls


class Unruly(Forgetful):
    def protect(self, rule):
        return Outcome(Answer.REFUSED, "not_here")


def test_a_rule_the_site_refuses_is_told(watched: Watched) -> None:
    """Policy says something that is not so there."""
    watched.rules(stop_super_admins=True)
    unruly = Unruly(watched.site)
    watched.equipment = replace(watched.equipment, adapter_for=lambda _site: unruly)
    watched.look()
    assert watched.kinds() == ["unprotected"]
    watched.equipment = replace(watched.equipment, adapter_for=lambda _site: watched.site)
    watched.look()
    assert watched.kinds() == []


def test_a_dead_site_delays_no_other(watched: Watched) -> None:
    """The others are looked at while it is waited for."""
    with watched.store.write() as tx:
        other = Site("other", "fake", "Other", "https://other.example", False, tx.at)
        add_site(tx, watched.ledger, other, actor=watched.admin.id)
    other_done = threading.Event()
    here = watched.site

    class Slow(Unwell):
        def observe(self):
            assert other_done.wait(10), "the other site was kept waiting"
            return here.observe()

        def health(self) -> Health:
            return here.health()

    class Quick(Slow):
        def observe(self):
            other_done.set()
            return here.observe()

    sites = {"clinic": Slow(here, here.health()), "other": Quick(here, here.health())}
    watched.equipment = replace(watched.equipment, adapter_for=lambda site: sites[site.id])
    assert watched.look().silent == 0


def at_once(act: Callable[[], object], times: int = 4) -> None:
    ready = threading.Barrier(times)

    def run() -> None:
        ready.wait()
        act()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_sites_turn_is_one_processes(watched: Watched) -> None:
    """Several processes over one database: only one of them looks."""
    watched.clock.advance(seconds=31)
    looked: Counter[int] = Counter()

    def look() -> None:
        looked[reconcile_due(watched.equipment, EVERY).looked] += 1

    at_once(look)
    assert looked == {1: 1, 0: 3}


def test_several_who_look_at_once_write_it_once(watched: Watched) -> None:
    """By hand and by the clock at the same moment: one difference, one entry, and it goes once."""
    watched.granted()
    kept = dict(watched.site.leases)
    watched.site.leases.clear()
    watched.clock.advance(seconds=31)
    at_once(lambda: reconcile_site(watched.equipment, "clinic"))
    assert watched.kinds() == ["missing"]
    assert len(watched.told("drift.found")) == 1
    watched.site.leases |= kept
    watched.clock.advance(seconds=31)
    at_once(lambda: reconcile_site(watched.equipment, "clinic"))
    assert watched.kinds() == []
    assert len(watched.told("drift.gone")) == 1


def test_taking_back_looks_at_the_rest_as_well(watched: Watched) -> None:
    """The answer a revocation asked for is used, and the site's next turn is now; no second question is asked."""
    watched.equipment = replace(watched.equipment, notice=partial(notice, watched.equipment))
    lost, other = watched.granted(), watched.granted()
    watched.look()
    del watched.site.leases[lost.id]
    watched.site.calls.clear()
    watched.ended(other)
    assert watched.site.calls == ["revoke", "observe"]
    assert watched.kinds() == ["missing"]
    watched.site.leases.clear()
    assert reconcile_due(watched.equipment, EVERY).looked == 1


def test_a_push_is_read_back_at_once(watched: Watched) -> None:
    """What a site said it took is looked at without waiting for its turn."""
    watched.look()
    watched.granted()
    assert reconcile_due(watched.equipment, EVERY).looked == 1
    assert reconcile_due(watched.equipment, EVERY).looked == 0


def test_a_site_that_was_let_go_is_spoken_of_no_more(watched: Watched) -> None:
    """Neither what differed there nor an order it never answered is anybody's business then."""
    watched.site.fault = "gone"
    watched.look()
    freeze(watched, "mallory")
    assert watched.kinds() == ["companion_missing"]
    retire_site(watched.equipment, "clinic", actor=watched.admin.id)
    watched.site.fault = ""
    watched.clock.advance(hours=1)
    assert (watched.kinds(), watched.look().looked) == ([], 0)
    assert send_orders_due(watched.equipment) == 0
