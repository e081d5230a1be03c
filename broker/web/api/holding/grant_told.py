"""Access that was given, as the API tells it to one caller at one instant."""

from __future__ import annotations

from broker.access.grant import Grant
from broker.access.revoke import MAY_REVOKE
from broker.credentials.tokens.of_grant import tokens_out
from broker.credentials.tokens.offer import offer_of
from broker.errors import NotFound
from broker.policy.decision import Path
from broker.review.history.rows import HistoryRow
from broker.sites.register import get_site
from broker.store import Reader
from broker.web.api.asking.request_told import named
from broker.web.api.frame.call import Who
from broker.web.api.frame.shape import Named
from broker.web.api.holding.grant_shapes import (
    GrantAct,
    GrantRow,
    GrantTold,
    Held,
    OnSite,
    SoftwareMayGet,
    TokensOut,
)
from broker.web.holding.grant_row import may_extend
from broker.web.parts import parts
from broker.web.telling.effective import effective_permissions, holdings_named
from broker.web.telling.naming import patient_shown, title_of


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
