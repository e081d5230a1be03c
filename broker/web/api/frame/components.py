"""The parts of the OpenAPI document that no operation says of itself."""

from __future__ import annotations

from typing import Any

from broker.credentials.clients.scopes import SCOPES
from broker.web.api.frame.calling import CSRF_HEADER
from broker.web.api.frame.reading import KEY_HEADER, KEY_PATTERN
from broker.web.frame.guard import COOKIE

Json = dict[str, Any]
_OPAQUE: Json = {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$", "minLength": 1, "maxLength": 80}
_TEXT: Json = {"type": "string"}


def ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _in_path(name: str, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {**_OPAQUE, "examples": [example]}}


PARAMETERS: Json = {
    "request_id": _in_path("request_id", "req_0123456789abcdef0123"),
    "grant_id": _in_path("grant_id", "grant_0123456789abcdef0123"),
    "session_id": _in_path("session_id", "session_0123456789abcdef0123"),
    "drift_id": _in_path("drift_id", "drift_0123456789abcdef0123"),
    "site_id": _in_path("site_id", "clinic"),
    "receiver_id": _in_path("receiver_id", "receiver_0123456789abcdef0123"),
    "feed_id": _in_path("feed_id", "feed_0123456789abcdef0123"),
    "entry": {
        "name": "entry",
        "in": "path",
        "description": "The ledger's number of an entry.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$", "examples": ["123"]},
    },
    "hold_id": _in_path("hold_id", "hold_0123456789abcdef0123"),
    "erasure_id": _in_path("erasure_id", "erasure_0123456789abcdef0123"),
    "view_id": _in_path("view_id", "view_0123456789abcdef0123"),
    "oddity_id": _in_path("oddity_id", "odd_0123456789abcdef0123"),
    "plea_id": _in_path("plea_id", "plea_0123456789abcdef0123"),
    "person_id": _in_path("person_id", "person_0123456789abcdef0123"),
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag seen last: 304 while nothing is new.",
        "schema": _TEXT,
    },
    "Idempotency-Key": {
        "name": KEY_HEADER,
        "in": "header",
        "description": "A new one for each request that is meant anew. What was done with it is answered alike for "
        "24 hours, and done once. The code or passkey is no part of the request.",
        "schema": {"type": "string", "pattern": KEY_PATTERN},
    },
}

HEADERS: Json = {
    "X-Request-Id": {
        "description": "The reference of this answer, also in the broker's log.",
        "schema": _TEXT,
    },
    "ETag": {"description": "Changes with the answer; for If-None-Match.", "schema": _TEXT},
    "Link": {"description": 'The next page (RFC 8288): <address>; rel="next".', "schema": _TEXT},
    "Location": {"description": "The address of what was made.", "schema": _TEXT},
    "X-Total-Count": {"description": "How many things the file holds.", "schema": _TEXT},
    "RateLimit-Policy": {"description": 'How often one may ask: "api";q=CALLS;w=SECONDS.', "schema": _TEXT},
    "RateLimit": {"description": 'What is left of it: "api";r=CALLS;t=SECONDS.', "schema": _TEXT},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    "WWW-Authenticate": {"description": "What would do (RFC 6750, RFC 9449).", "schema": _TEXT},
    "DPoP-Nonce": {"description": "The nonce for the next proof (RFC 9449).", "schema": _TEXT},
    "Idempotency-Replayed": {
        "description": "This was answered before, with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}

PROBLEM: Json = {
    "type": "object",
    "description": "Why not (RFC 9457). `type` leads to what it means; `detail` and `help` are for a person and hold "
    "no patient data; `reference` is the X-Request-Id.",
    "required": ["type", "title", "status", "detail", "reference"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "help": _TEXT,
        "reference": _TEXT,
        "faults": {"type": "object", "additionalProperties": _TEXT, "description": "A sentence by field."},
        "options": {"type": "object", "description": "What the authenticator is to be asked (WebAuthn)."},
    },
}


def security_schemes(base_url: str) -> Json:
    flow = {"tokenUrl": f"{base_url}/oauth/token", "scopes": dict(SCOPES)}
    return {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": f"__Host-{COOKIE}" if base_url.startswith("https://") else COOKIE,
            "description": "The session of the pages, with both factors.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": CSRF_HEADER,
            "description": "The form token, from GET /api/v1/session.",
        },
        "oauth2": {
            "type": "oauth2",
            "description": "An access token for the audience /api/v1: Bearer, or DPoP where it is bound to a key.",
            "flows": {
                "clientCredentials": flow,
                "authorizationCode": {**flow, "authorizationUrl": f"{base_url}/oauth/authorize"},
            },
        },
    }
