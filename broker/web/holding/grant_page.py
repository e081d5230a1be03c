"""What the page of one grant shows, computed for one viewer at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.access.grant import Grant, GrantState
from broker.access.request import get_request
from broker.access.revoke import MAY_REVOKE
from broker.errors import NotFound
from broker.patients.holdings import Holding
from broker.policy.catalog import EntitlementKind
from broker.sites.register import get_site
from broker.store import Reader
from broker.web.frame.unchanged import mark_of
from broker.web.holding.grant_row import may_extend
from broker.web.holding.software_told import SoftwareTold, software_told
from broker.web.parts import parts
from broker.web.telling.effective import effective_permissions, holdings_named
from broker.web.telling.grant_story import why_it_ended
from broker.web.telling.naming import name_of, patient_shown, title_of
from broker.web.telling.step import Step
from broker.web.telling.story import Teller, request_story

_OPEN = {EntitlementKind.RECORDING: "Open recording", EntitlementKind.RECORD: "Open record"}


@dataclass(frozen=True)
class GrantPage:
    """``usable``: the holder may open things now. ``state`` is a name for partials/states.html."""

    id: str
    request_id: str
    entitlement: str
    heading: str
    state: str
    title: str
    patient: str
    person: str
    mine: bool
    live: bool
    usable: bool
    over: bool
    waits_for_site: bool
    not_yet_gone: bool
    unconfirmed: bool
    fault: str
    ends_at: datetime
    ended_at: datetime | None
    why_ended: str
    permissions: tuple[str, ...]
    holdings: tuple[Holding, ...]
    open_label: str
    site_title: str
    site_address: str
    may_extend: bool
    may_revoke: bool
    software: SoftwareTold | None
    story: list[Step]
    mark: str


def grant_page(teller: Teller, grant: Grant) -> GrantPage:
    reader, mine = teller.reader, grant.person_id == teller.viewer.id
    live, over = grant.is_live(reader.at), not grant.is_live(reader.at)
    software = software_told(reader, grant, teller.viewer)
    story = request_story(teller, get_request(reader, grant.request_id), grant)
    site_title, site_address = _site(reader, grant)
    title = title_of(teller.catalog, grant.entitlement)
    heading = _heading(grant, title, usable=grant.is_effective(reader.at), live=live)
    return GrantPage(
        id=grant.id,
        request_id=grant.request_id,
        entitlement=grant.entitlement,
        heading=heading,
        state=_state(grant, over=over),
        title=title,
        patient=patient_shown(reader, grant.patient_id),
        person=name_of(reader, grant.person_id, teller.viewer),
        mine=mine,
        live=live,
        usable=mine and grant.is_effective(reader.at),
        over=over,
        waits_for_site=live and grant.state is not GrantState.ACTIVE,
        not_yet_gone=over and grant.on_site and grant.state is not GrantState.REVOKED,
        unconfirmed=grant.unconfirmed_at is not None,
        fault=grant.fault or "",
        ends_at=grant.expires_at,
        ended_at=(grant.revoking_at or grant.revoked_at or grant.expires_at) if over else None,
        why_ended=why_it_ended(grant) if over else "",
        permissions=effective_permissions(reader, grant),
        holdings=tuple(holdings_named(reader, grant)),
        open_label=_OPEN.get(EntitlementKind(grant.kind), ""),
        site_title=site_title,
        site_address=site_address,
        may_extend=mine and live and may_extend(teller.catalog, grant),
        may_revoke=live and not mine and bool(teller.viewer.roles & MAY_REVOKE),
        software=software,
        story=story,
        mark=mark_of(
            heading,
            grant.state,
            grant.tries,
            *((step.at, step.title) for step in story),
            *(software.out if software else ()),
        ),
    )


def _heading(grant: Grant, title: str, *, usable: bool, live: bool) -> str:
    if usable:
        return f"{title}: live"
    if live:
        return f"{title}: waiting for the site" if grant.on_site else f"{title}: about to start"
    return f"{title}: ended"


def _state(grant: Grant, *, over: bool) -> str:
    if grant.state is GrantState.REVOKING and grant.unconfirmed_at:
        return "unconfirmed"
    # Its time is over although nobody swept yet: then nothing opens any more, and the page says so.
    return "ended" if over and grant.state is not GrantState.REVOKING else grant.state.value


def _site(reader: Reader, grant: Grant) -> tuple[str, str]:
    if grant.site_id is None:
        return "", ""
    try:
        site = get_site(reader, grant.site_id)
    except NotFound:
        return grant.site_id, ""
    return site.title, parts().equipment.adapter_for(site).entrance(grant.scope)
