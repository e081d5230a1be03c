"""Every way in which the API says no: what its ``type`` leads to, and what stands in docs/api.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Kind:
    """``name`` is the last part of the ``type`` address; it never changes once software relies on it."""

    name: str
    status: int
    title: str
    what: str


_ALL = (
    Kind("malformed", 400, "This did not arrive in one piece", "The body is no JSON, or holds what no text holds."),
    Kind("foreign-host", 400, "The broker is not at this address", "Use the address its administrator gave it."),
    Kind("not-signed-in", 401, "Nobody is signed in", "Sign in, or send an access token."),
    Kind("second-factor-missing", 401, "The sign-in is not complete", "The password was given, the second factor was not."),
    Kind("token-refused", 401, "The access token opens nothing", "It is over, revoked, made for another audience, or its proof did not do."),
    Kind("not-allowed", 403, "This is not allowed", "The role, the scope of the token or policy does not allow it."),
    Kind("needs-a-person", 403, "Only a person may do this", "The token stands for software alone."),
    Kind("csrf-token", 403, "The form token is missing", "Read it with GET /api/v1/session and send it as X-CSRF-Token."),
    Kind("code-refused", 403, "The second factor was not accepted", "Nothing was changed. Send the code that is shown now."),
    Kind("passkey-challenge", 403, "The passkey is asked", "Give `options` to the authenticator and send its answer as `passkey`."),
    Kind("not-found", 404, "There is nothing here", "It does not exist, or it is not for you."),
    Kind("method-not-allowed", 405, "This address does not work that way", "Allow names the methods that do."),
    Kind("conflict", 409, "Something changed in the meantime", "Read it again: it has moved on."),
    Kind("in-progress", 409, "The same request is still being answered", "Send it again in a moment with the same Idempotency-Key."),
    Kind("gone", 410, "This does not work any more", "It was used, or its time is over."),
    Kind("too-large", 413, "That is too much", "No body of more than 64 KiB is read."),
    Kind("not-json", 415, "The body has to be JSON", "Send Content-Type: application/json."),
    Kind("invalid", 422, "Something needs another look", "`faults` says which field and what is wrong with it."),
    Kind("key-reused", 422, "This Idempotency-Key was used for another request", "Make a new key for each request that is meant anew."),
    Kind("too-many", 429, "Too many tries", "Retry-After says how many seconds to wait."),
    Kind("failed", 500, "The broker made a mistake", "Not your fault. Access that is due to end still ends."),
    Kind("unavailable", 503, "The broker cannot do this right now", "Something it needs does not answer. Try again in a minute."),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}

_USUAL = {
    400: "malformed",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    410: "gone",
    413: "too-large",
    415: "not-json",
    422: "invalid",
    429: "too-many",
    503: "unavailable",
}


def usual_kind(status: int) -> Kind:
    """The kind for an error that brings nothing but its status."""
    if status in _USUAL:
        return KINDS[_USUAL[status]]
    return KINDS["malformed" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"]
