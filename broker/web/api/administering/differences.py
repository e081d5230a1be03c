"""Where sites differ from what was granted, put right on demand."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.people import Role
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.reconcile.one_site import repair_drift
from broker.revocation.reconcile.open_drifts import OpenDrift, open_drifts
from broker.web.api.administering.sites import READS
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Page, Paging, after_in, begins_after, cut, next_of
from broker.web.api.frame.shape import Opaque, Told
from broker.web.parts import parts

differences = Family("administering")
WRITES = Door(roles=frozenset({Role.ADMIN}), scope="sites:write", software=True)


class Difference(Told):
    """``proposal`` is what would be done, or who has to do what; ``fault`` why the last try did not help."""

    id: str = Field(examples=["drift_0123456789abcdef0123"])
    site: str
    kind: DriftKind
    subject: str
    sentence: str
    proposal: str
    grant: str | None
    found_at: datetime
    tries: int
    fault: str


class DifferenceList(Page):
    items: list[Difference]


class OfSite(Paging):
    site: Opaque | None = None


class Repaired(Told):
    """``left`` is the difference where it is still so."""

    settled: bool
    left: Difference | None


@differences.get(
    "/differences",
    "List where sites differ from what was granted",
    READS,
    leads_to={"put_right": {"drift_id": "$response.body#/items/0/id"}},
)
def list_differences(call: Call, query: OfSite) -> DifferenceList:
    with parts().store.read() as reader:
        found = open_drifts(reader, query.site)
    shown = cut(call, query, after_in(found, begins_after(query), _age), _age)
    return DifferenceList(items=[_difference(each) for each in shown], next=next_of(call))


@differences.post(
    "/differences/<drift_id>/repair", "Put a difference right", WRITES, refusals=(409,), kept=False
)
def put_right(call: Call, drift_id: str) -> Repaired:
    """Does what the difference proposes and asks the site again."""
    left = repair_drift(parts().equipment, drift_id, actor=call.who.id)
    return Repaired(settled=left is None, left=_difference(left) if left else None)


def _difference(drift: OpenDrift) -> Difference:
    return Difference(
        id=drift.id,
        site=drift.site_id,
        kind=drift.kind,
        subject=drift.subject,
        sentence=drift.sentence,
        proposal=drift.proposal,
        grant=drift.grant_id,
        found_at=drift.found_at,
        tries=drift.tries,
        fault=drift.fault or "",
    )


def _age(drift: OpenDrift) -> list[str]:
    return [drift.found_at.isoformat(timespec="microseconds"), drift.id]
