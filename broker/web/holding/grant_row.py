"""One grant as a line of a list, and as the banner on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from broker.access.find import ending_grants_of, live_grants_of
from broker.access.grant import Grant, GrantState
from broker.access.request import get_request
from broker.identity.people import Person
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.store import Reader
from broker.web.frame.shell import LiveAccess
from broker.web.parts import parts
from broker.web.telling.naming import patient_shown, title_of


@dataclass(frozen=True)
class GrantRow:
    """``ending``: its time is over and its site has not confirmed that it is gone."""

    id: str
    title: str
    patient: str
    state: str
    ending: bool
    ends_at: datetime


def grants_of(reader: Reader, catalog: Catalog, person: Person) -> tuple[GrantRow, ...]:
    """What is live, then what is still being taken back."""
    found = [*live_grants_of(reader, person.id), *ending_grants_of(reader, person.id)]
    return tuple(_row(reader, catalog, grant) for grant in found)


def live_access_of(person: Person) -> list[LiveAccess]:
    """The banners of every page."""
    with parts().store.read() as reader:
        return [_banner(reader, grant) for grant in live_grants_of(reader, person.id)]


def may_extend(catalog: Catalog, grant: Grant) -> bool:
    """Whether policy leaves time for an extension of this grant."""
    entitlement = catalog.entitlements.get(grant.entitlement)
    extension = entitlement.extension if entitlement else None
    return extension is not None and grant.expires_at - grant.family_began_at < extension.total


def _row(reader: Reader, catalog: Catalog, grant: Grant) -> GrantRow:
    ending = grant.state is GrantState.REVOKING
    return GrantRow(
        id=grant.id,
        title=title_of(catalog, grant.entitlement),
        patient=patient_shown(reader, grant.patient_id),
        state="unconfirmed" if ending and grant.unconfirmed_at else grant.state.value,
        ending=ending,
        ends_at=grant.expires_at,
    )


def _banner(reader: Reader, grant: Grant) -> LiveAccess:
    catalog = parts().catalog
    return LiveAccess(
        what=title_of(catalog, grant.entitlement),
        patient=patient_shown(reader, grant.patient_id),
        ends_at=grant.expires_at,
        page=url_for("grants.show", grant_id=grant.id),
        end_action=url_for("grants.end", grant_id=grant.id),
        extend_page=url_for("extending.show", grant_id=grant.id) if may_extend(catalog, grant) else None,
        confirmed=grant.state is GrantState.ACTIVE,
        break_glass=get_request(reader, grant.request_id).path == Path.BREAK_GLASS,
    )
