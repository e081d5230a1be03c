"""What one caller may look at: as on the pages, and all of it for software whose scope let it in."""

from __future__ import annotations

from broker.access.grant import Grant, get_grant
from broker.access.request import AccessRequest, get_request
from broker.store import Reader
from broker.web.api.frame.call import Who
from broker.web.telling.seeing import grant_for, request_for


def request_seen(reader: Reader, who: Who, request_id: str) -> AccessRequest:
    """The request, or NotFound."""
    if who.person is None:
        return get_request(reader, request_id)
    return request_for(reader, who.person, request_id)


def grant_seen(reader: Reader, who: Who, grant_id: str) -> Grant:
    """The grant, or NotFound."""
    if who.person is None:
        return get_grant(reader, grant_id)
    return grant_for(reader, who.person, grant_id)
