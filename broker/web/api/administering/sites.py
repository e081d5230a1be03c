"""Connected sites: how they are, and where they differ from what was granted."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.people import Role
from broker.revocation.reconcile.open_drifts import open_drifts
from broker.sites.register import Site, get_site, list_sites
from broker.sites.watch import watch_of
from broker.store import Reader
from broker.web.administering.examine_site import examine_site
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Page, Paging, after_in, begins_after, cut, next_of
from broker.web.api.frame.shape import Told
from broker.web.parts import parts

sites = Family("administering")
READS = Door(roles=frozenset({Role.ADMIN}), scope="sites:read", software=True)


class SiteTold(Told):
    """``looked_at`` is when its newest answer was asked for; ``fault`` why the last look failed, empty when it did not."""

    id: str = Field(examples=["clinic"])
    kind: str = Field(examples=["wordpress"])
    title: str
    address: str
    looked_at: datetime | None
    fault: str
    differences: int


class SiteList(Page):
    items: list[SiteTold]


class Remark(Told):
    good: bool
    words: str


class Examination(Told):
    """What a site answered just now, as ``broker doctor`` tells it. ``reached`` is false when it did not."""

    site: str
    well: bool
    reached: bool
    findings: list[Remark]


@sites.get(
    "/sites",
    "List connected sites",
    READS,
    leads_to={"ask_site_health": {"site_id": "$response.body#/items/0/id"}},
)
def list_all_sites(call: Call, query: Paging) -> SiteList:
    with parts().store.read() as reader:
        found = after_in(list_sites(reader), begins_after(query), _place)
        shown = cut(call, query, found, _place)
        return SiteList(items=[_told(reader, site) for site in shown], next=next_of(call))


@sites.post("/sites/<site_id>/health", "Ask a site how it is", READS, kept=False)
def ask_site_health(call: Call, site_id: str) -> Examination:  # noqa: ARG001 - alike for everybody
    """Asks over the network, now; nothing is written."""
    with parts().store.read() as reader:
        site = get_site(reader, site_id)
    found = examine_site(parts(), site)
    remarks = [Remark(good=each.good, words=each.words) for each in found.findings]
    return Examination(site=site.id, well=found.well, reached=found.fault is None, findings=remarks)


def _told(reader: Reader, site: Site) -> SiteTold:
    watch = watch_of(reader, site.id)
    return SiteTold(
        id=site.id,
        kind=site.kind,
        title=site.title,
        address=site.base_url,
        looked_at=watch.looked_at,
        fault=watch.fault or "",
        differences=len(open_drifts(reader, site.id)),
    )


def _place(site: Site) -> list[str]:
    return [site.id]
