"""What a template is given: words and our own ids, never a row, so that no note or patient can slip in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select

from broker.access.request import RequestState
from broker.access.tables import access_requests, reviews
from broker.errors import NotFound
from broker.identity.people import by_id
from broker.notify.scene import Scene
from broker.notify.who_is_told import Told
from broker.policy.catalog import Catalog
from broker.sites.register import get_site
from broker.store import Reader

Words = Mapping[str, str | int | None]
_MINUTE = timedelta(minutes=1)


def what_is_said(reader: Reader, catalog: Catalog, scene: Scene, zone: tzinfo) -> Words:
    """Everything any template may say of the scene; None where there is nothing to say."""
    request, at = scene.request, scene.recorded.at
    waited = _waited(reader, scene)
    entitlement = catalog.entitlements.get(request.entitlement)
    return {
        "person": scene.holder.name,
        "person_roles": _in_words(catalog.roles, scene.holder.roles),
        "title": entitlement.title if entitlement else request.entitlement,
        "purpose": _in_words(catalog.purposes, [request.purpose]),
        "reason": _in_words(catalog.reasons, [request.reason]),
        "minutes": request.duration // _MINUTE,
        "path": request.path,
        "at": in_local_time(at, zone),
        "answer_by": in_local_time(request.lapses_at, zone),
        "approvals_needed": request.approvals_needed,
        "decider": _decider(reader, scene),
        "request_id": request.id,
        "grant_id": scene.grant.id if scene.grant else None,
        "ends_at": in_local_time(scene.grant.expires_at, zone) if scene.grant else None,
        "site": _site(reader, scene),
        "review_by": in_local_time(_review_by(reader, scene), zone),
        "waited_request": waited[0] if waited else None,
        "waited_minutes": waited[1] if waited else None,
    }


def link_for(base_url: str, scene: Scene, told: Told) -> str:
    """Where this person sees what happened and does what is asked of them."""
    match scene.recorded.entry.event:
        case "request.asked":
            return f"{base_url}/requests/{scene.request.id}/decide"
        case event if event.startswith("review.") and scene.grant and told.person.id != scene.holder.id:
            return f"{base_url}/reviews/{scene.grant.id}"
        case event if event.startswith("request.") and told.person.id == scene.holder.id:
            return f"{base_url}/requests/{scene.request.id}"
        case _:
            return (
                f"{base_url}/grants/{scene.grant.id}"
                if scene.grant
                else f"{base_url}/requests/{scene.request.id}"
            )


def _waited(reader: Reader, scene: Scene) -> tuple[str, int] | None:
    """The person's own request for the same that approvers let lie, and for how many minutes."""
    asked, at = access_requests.c, scene.recorded.at
    same = (asked.person_id == scene.holder.id) & (asked.patient_id == scene.request.patient_id)
    open_still = (asked.state == RequestState.PENDING) & (asked.break_glass_after <= at)
    row = reader.execute(
        select(asked.id, asked.asked_at)
        .where(same, open_still, asked.entitlement == scene.request.entitlement, asked.id != scene.request.id)
        .order_by(asked.asked_at)
        .limit(1)
    ).first()
    return None if row is None else (row.id, (at - row.asked_at) // _MINUTE)


def _decider(reader: Reader, scene: Scene) -> str | None:
    """Who decided, None when policy did, or nobody."""
    actor = scene.recorded.entry.actor
    if actor == scene.holder.id:
        return None
    try:
        return by_id(reader, actor).name
    except NotFound:
        return None


def _site(reader: Reader, scene: Scene) -> str | None:
    if scene.request.site_id is None:
        return None
    try:
        return get_site(reader, scene.request.site_id).title
    except NotFound:
        return scene.request.site_id


def _review_by(reader: Reader, scene: Scene) -> datetime | None:
    if scene.grant is None:
        within = scene.request.review_within
        return None if within is None else scene.recorded.at + within
    due = select(reviews.c.due_at).where(reviews.c.grant_id == scene.grant.id)
    return reader.execute(due).scalar_one_or_none()


def _in_words(known: Mapping[str, str], codes: Iterable[str]) -> str:
    return ", ".join(known.get(code, code) for code in sorted(codes))


def in_local_time(at: datetime | None, zone: tzinfo) -> str | None:
    """As people there write it, with the zone; None stays None."""
    if at is None:
        return None
    here = at.astimezone(zone)
    return f"{here.day} {here:%b %Y, %H:%M} {here.tzname()}"
