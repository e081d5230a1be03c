"""Access that was given, as the API tells it to one caller at one instant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from broker.access.grant import Cause, Grant, GrantState
from broker.access.revoke import MAY_REVOKE
from broker.credentials.tokens.of_grant import tokens_out
from broker.credentials.tokens.offer import offer_of
from broker.errors import NotFound
from broker.patients.holdings import HoldingKind
from broker.policy.decision import Path
from broker.review.rows import HistoryRow
from broker.sites.register import get_site
from broker.store import Reader
from broker.web.api.asking.request_told import named
from broker.web.api.frame.call import Who
from broker.web.api.frame.paging import Page
from broker.web.api.frame.shape import Named, Told
from broker.web.holding.grant_row import may_extend
from broker.web.parts import parts
from broker.web.telling.effective import effective_permissions, holdings_named
from broker.web.telling.naming import patient_shown, title_of


class GrantAct(StrEnum):
    """What the caller may do about access now."""

    END = "end"
    EXTEND = "extend"
    LINK = "link"


class Held(Told):
    """One recording or record the access opens; ``title`` holds no patient data."""

    id: str = Field(examples=["rec_0123456789abcdef0123"])
    kind: HoldingKind
    title: str


class OnSite(Told):
    """``entrance`` is where its holder goes on the site."""

    id: str
    title: str
    entrance: str


class TokensOut(Told):
    """``count`` tokens of one piece of software, the last of which ends at ``until``; ``bound``: they need a key."""

    software: str
    bound: bool
    count: int
    until: datetime


class SoftwareMayGet(Told):
    """That software may get short-lived tokens of this access for ``audience``; ``bound``: only with a key of its own."""

    audience: str
    bound: bool
    out: list[TokensOut]


class GrantRow(Told):
    """Access as a line of a list. ``unconfirmed_at``: since when its site will not say that it is gone."""

    id: str = Field(examples=["grant_0123456789abcdef0123"])
    request: str = Field(examples=["req_0123456789abcdef0123"])
    state: GrantState
    path: Path
    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    patient: str = Field(examples=["P-0000"])
    person: Named
    site: str | None
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoked_at: datetime | None
    unconfirmed_at: datetime | None
    cause: Cause | None


class GrantTold(Told):
    """All of it. ``effective``: it opens something at this instant; ``live``: it does or is about to."""

    id: str = Field(examples=["grant_0123456789abcdef0123"])
    request: str = Field(examples=["req_0123456789abcdef0123"])
    state: GrantState
    live: bool
    effective: bool
    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    kind: str
    patient: str = Field(examples=["P-0000"])
    person: Named
    permissions: list[str]
    holdings: list[Held]
    site: OnSite | None
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoked_at: datetime | None
    unconfirmed_at: datetime | None
    cause: Cause | None
    fault: str
    extends: str | None
    software: SoftwareMayGet | None
    may: list[GrantAct]


class GrantList(Page):
    items: list[GrantRow]


def grant_row(row: HistoryRow) -> GrantRow:
    return GrantRow(
        id=row.grant_id,
        request=row.request_id,
        state=row.state,
        path=Path(row.path),
        entitlement=row.entitlement,
        title=row.title,
        patient=row.patient_ref,
        person=Named(id=row.person_id, name=row.person),
        site=row.site_id,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        active_at=row.active_at,
        revoked_at=row.revoked_at,
        unconfirmed_at=row.unconfirmed_at,
        cause=row.cause,
    )


def grant_told(reader: Reader, who: Who, grant: Grant) -> GrantTold:
    return GrantTold(
        id=grant.id,
        request=grant.request_id,
        state=grant.state,
        live=grant.is_live(reader.at),
        effective=grant.is_effective(reader.at),
        entitlement=grant.entitlement,
        title=title_of(parts().catalog, grant.entitlement),
        kind=grant.kind,
        patient=patient_shown(reader, grant.patient_id),
        person=named(reader, grant.person_id),
        permissions=list(effective_permissions(reader, grant)),
        holdings=[Held(id=h.id, kind=h.kind, title=h.title) for h in holdings_named(reader, grant)],
        site=_site(reader, grant),
        issued_at=grant.issued_at,
        expires_at=grant.expires_at,
        active_at=grant.active_at,
        revoked_at=grant.revoked_at,
        unconfirmed_at=grant.unconfirmed_at,
        cause=grant.cause,
        fault=grant.fault or "",
        extends=grant.extends_grant,
        software=_software(reader, grant),
        may=_may(reader, who, grant),
    )


def _site(reader: Reader, grant: Grant) -> OnSite | None:
    if grant.site_id is None:
        return None
    try:
        site = get_site(reader, grant.site_id)
    except NotFound:
        return OnSite(id=grant.site_id, title=grant.site_id, entrance="")
    entrance = parts().equipment.adapter_for(site).entrance(grant.scope)
    return OnSite(id=site.id, title=site.title, entrance=entrance)


def _software(reader: Reader, grant: Grant) -> SoftwareMayGet | None:
    offer = offer_of(grant)
    if offer is None:
        return None
    out = tokens_out(reader, grant.id) if grant.is_effective(reader.at) else []
    told = [TokensOut(software=t.software, bound=t.bound, count=t.count, until=t.until) for t in out]
    return SoftwareMayGet(audience=offer.audience, bound=offer.dpop_required, out=told)


def _may(reader: Reader, who: Who, grant: Grant) -> list[GrantAct]:
    if not grant.is_live(reader.at):
        return []
    person = who.person
    if person is None or person.id != grant.person_id:
        return [GrantAct.END] if person is None or person.roles & MAY_REVOKE else []
    more = [GrantAct.EXTEND] if may_extend(parts().catalog, grant) else []
    openable = grant.is_effective(reader.at) and bool(grant.scope.get("holdings"))
    return [GrantAct.END, *more, *([GrantAct.LINK] if openable else [])]
