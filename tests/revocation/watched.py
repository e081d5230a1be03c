"""A clinic whose site is held against its records, under whatever rules a test wants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from broker.access.activate import activate
from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.access.hand_back import hand_back
from broker.ledger.entry import Recorded
from broker.ledger.read import entries_after
from broker.policy.catalog import Repair, SiteRules
from broker.revocation.reconcile.due import Reconciled, reconcile_due
from broker.revocation.reconcile.open_drifts import OpenDrift, open_drifts
from tests.fakes.clinic import Clinic

EVERY = timedelta(seconds=30)


@dataclass
class Watched(Clinic):
    """A clinic that can be looked at."""

    def rules(self, *repair: Repair, stop_super_admins: bool = False) -> Equipment:
        rules = SiteRules(repair=frozenset(repair), stop_super_admins=stop_super_admins)
        catalog = replace(self.equipment.catalog, sites={"clinic": rules})
        self.equipment = replace(self.equipment, catalog=catalog)
        return self.equipment

    def granted(self, **changes: object) -> Grant:
        """Live on the site, and not since this very moment."""
        grant = self.approve(self.ask(entitlement="wordpress-notes", **changes).request.id).grant
        assert grant is not None
        active = activate(self.equipment, grant.id)
        self.clock.advance(seconds=1)
        return active

    def ended(self, grant: Grant) -> Grant:
        over = hand_back(self.equipment, self.clinician.person, grant.id)
        self.clock.advance(seconds=1)
        return over

    def now_of(self, grant: Grant) -> Grant:
        with self.store.read() as reader:
            return get_grant(reader, grant.id)

    def look(self) -> Reconciled:
        """The site's next turn."""
        self.clock.advance(seconds=31)
        return reconcile_due(self.equipment, EVERY)

    def drifts(self) -> list[OpenDrift]:
        with self.store.read() as reader:
            return open_drifts(reader)

    def kinds(self) -> list[str]:
        return sorted(str(drift.kind) for drift in self.drifts())

    def told(self, event: str) -> list[Recorded]:
        """The ledger's entries of one kind."""
        with self.store.read() as reader:
            return [each for each in entries_after(reader, 0, 100_000) if each.entry.event == event]
