"""Which problems an operation can answer with: every status is in the document, or it is a mistake."""

from __future__ import annotations

from typing import Any

from broker.web.api.frame.operation import Operation
from broker.web.frame.problem_kinds import KINDS
from broker.web.frame.problems import MEDIA_TYPE

ALWAYS = frozenset({400, 401, 403, 429, 500, 503})
_IN_HEADERS = {401: ("WWW-Authenticate", "DPoP-Nonce"), 403: ("WWW-Authenticate",)}
_LATER = frozenset({409, 429})


def statuses(operation: Operation) -> frozenset[int]:
    """Of refusals; the answer itself is not among them."""
    found = ALWAYS | operation.refusals
    if "<" in operation.path:
        found |= {404}
    if operation.changes:
        found |= {413, 415}
    if operation.kept:
        found |= {409, 422}
    return found | ({422} if operation.body or operation.query else frozenset())


def problem_response(status: int) -> dict[str, Any]:
    """The response object; its description lists the kinds, which are the last part of ``type``."""
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    named = (*_IN_HEADERS.get(status, ()), *(("Retry-After",) if status in _LATER else ()), "X-Request-Id")
    return {
        "description": " ".join(f"`{kind.name}`: {kind.title}. {kind.what}" for kind in kinds),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in named},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
