"""Who may look at a request or a grant: its person, and those whose work is deciding and reviewing."""

from __future__ import annotations

from broker.access.grant import Grant, get_grant
from broker.access.request import AccessRequest, get_request
from broker.errors import NotFound
from broker.identity.people import Person, Role
from broker.store import Reader

OVERSEERS = frozenset({Role.APPROVER, Role.REVIEWER, Role.ADMIN})


def request_for(reader: Reader, viewer: Person, request_id: str) -> AccessRequest:
    """The request, or NotFound: one that is not for this viewer looks like one that does not exist."""
    request = get_request(reader, request_id)
    may_answer = viewer.roles & set(request.approver_roles)
    if request.person_id == viewer.id or viewer.roles & OVERSEERS or may_answer:
        return request
    raise NotFound("There is no such request.", help="Look for it on your home page.")


def grant_for(reader: Reader, viewer: Person, grant_id: str) -> Grant:
    """The grant, or NotFound in the same way."""
    grant = get_grant(reader, grant_id)
    if grant.person_id == viewer.id or viewer.roles & OVERSEERS:
        return grant
    raise NotFound("There is no such access.", help="Look for it on your home page.")
