"""A clinic with a past to look into, made by the real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from broker.access.activate import activate
from broker.access.grant import Grant, get_grant
from broker.access.hand_back import hand_back
from broker.review.history.filters import Filters
from broker.review.history.page import history_page
from broker.revocation.sweep import sweep
from tests.fakes.clinic import Clinic


@dataclass
class Past(Clinic):
    """A clinic that can make grants of every kind."""

    def ordinary(self, **changes: object) -> Grant:
        """Asked for, approved, live."""
        granted = self.approve(self.ask(**changes).request.id).grant
        assert granted is not None
        return activate(self.equipment, granted.id)

    def broken(self, **changes: object) -> Grant:
        """The glass broken, live."""
        granted = self.break_glass(**changes).grant
        assert granted is not None
        return activate(self.equipment, granted.id)

    def on_site(self, **changes: object) -> Grant:
        return self.ordinary(entitlement="wordpress-notes", **changes)

    def doubly_approved(self) -> Grant:
        """A restricted record: the approver and the reviewer agreed, and a review is due."""
        asked = self.ask(patient_ref="P-2002", entitlement="restricted-record", purpose="TREAT")
        self.approve(asked.request.id)
        granted = self.approve(asked.request.id, by=self.reviewer).grant
        assert granted is not None
        return activate(self.equipment, granted.id)

    def ended(self, grant: Grant) -> Grant:
        return hand_back(self.equipment, self.clinician.person, grant.id)

    def unconfirmed(self) -> Grant:
        """Taken back from a site that answers nothing, until somebody was told."""
        grant = self.on_site()
        self.site.fault = "down"
        self.ended(grant)
        for _ in range(12):
            self.clock.advance(minutes=30)
            sweep(self.equipment)
        with self.store.read() as reader:
            return get_grant(reader, grant.id)

    def found(self, after: str | None = None, most: int = 50, **wanted: object) -> list[str]:
        """Ids of the grants the history shows, in its order."""
        with self.store.read() as reader:
            page = history_page(
                reader,
                self.equipment.catalog,
                Filters(**wanted),
                self.zone,
                after=after,
                most=most,  # type: ignore[arg-type]
            )
        return [row.grant_id for row in page.rows]

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo("Europe/Berlin")
