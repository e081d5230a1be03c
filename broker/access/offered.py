"""What policy offers a person and the broker can also deliver to them now."""

from __future__ import annotations

from broker.errors import Invalid
from broker.identity.people import Person
from broker.policy.catalog import Catalog, Entitlement
from broker.policy.who_may import offers
from broker.sites.register import account_of
from broker.store import Reader


def offered_to(reader: Reader, catalog: Catalog, person: Person) -> tuple[Entitlement, ...]:
    """Without roles on a site that knows no account of theirs: asking would lead nowhere."""
    every = offers(catalog, [str(role) for role in person.roles])
    return tuple(each for each in every if _deliverable(reader, each, person.id))


def check_deliverable(reader: Reader, entitlement: Entitlement, person_id: str) -> None:
    """Invalid when the entitlement is a role on a site where this person has no account."""
    if not _deliverable(reader, entitlement, person_id):
        fault = "No account of yours is linked on that site. An administrator links it with: broker site link-account."
        raise Invalid("This cannot be granted to you yet.", {"entitlement": fault})


def _deliverable(reader: Reader, entitlement: Entitlement, person_id: str) -> bool:
    role = entitlement.site_role
    return role is None or account_of(reader, role.site, person_id) is not None
