"""What a notice is about, read in the transaction that made it so."""

from __future__ import annotations

from dataclasses import dataclass

from broker.access.grant import Grant, get_grant
from broker.access.request import AccessRequest, get_request
from broker.errors import NotFound
from broker.identity.people import Person, by_id
from broker.ledger.entry import Recorded
from broker.store import Reader


@dataclass(frozen=True)
class Scene:
    """``holder`` is the person who asked; ``grant`` is None while there is none."""

    recorded: Recorded
    request: AccessRequest
    grant: Grant | None
    holder: Person


def read_scene(reader: Reader, recorded: Recorded) -> Scene:
    """Raises NotFound when the entry names no request that exists."""
    entry = recorded.entry
    grant = get_grant(reader, entry.grant) if entry.grant else None
    request_id = entry.request or (grant.request_id if grant else None)
    if request_id is None:
        raise NotFound(f"The ledger's entry {recorded.seq} names no request.")
    request = get_request(reader, request_id)
    return Scene(recorded, request, grant, by_id(reader, request.person_id))
