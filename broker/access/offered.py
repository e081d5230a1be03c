"""What policy offers a person and the broker can also deliver to them now."""

from __future__ import annotations

from broker.access.enforceable import check_enforceable, why_not_enforceable
from broker.errors import Invalid
from broker.identity.people import Person
from broker.policy.catalog import Catalog, Entitlement
from broker.policy.who_may import offers
from broker.sites.register import account_of
from broker.store import Reader


def offered_to(reader: Reader, catalog: Catalog, person: Person) -> tuple[Entitlement, ...]:
    """Without roles on a site that knows no account of theirs, or cannot do what policy wants: it would lead nowhere."""
    every = offers(catalog, [str(role) for role in person.roles])
    reachable = [each for each in every if _deliverable(reader, each, person.id)]
    return tuple(each for each in reachable if _enforceable(reader, catalog, each))


def check_deliverable(reader: Reader, catalog: Catalog, entitlement: Entitlement, person_id: str) -> None:
    """Invalid when it is a role on a site where this person has no account, Refused when policy wants a better site."""
    check_enforceable(reader, catalog, entitlement.site_role.site if entitlement.site_role else None)
    if not _deliverable(reader, entitlement, person_id):
        fault = "No account of yours is linked on that site. An administrator links it with: broker site link-account."
        raise Invalid("This cannot be granted to you yet.", {"entitlement": fault})


def _deliverable(reader: Reader, entitlement: Entitlement, person_id: str) -> bool:
    role = entitlement.site_role
    return role is None or account_of(reader, role.site, person_id) is not None


def _enforceable(reader: Reader, catalog: Catalog, entitlement: Entitlement) -> bool:
    role = entitlement.site_role
    return role is None or not why_not_enforceable(reader, catalog, role.site)
