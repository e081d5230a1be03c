"""Problem documents (RFC 9457): what software reads where a person reads an error page."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response, request

from broker.errors import BrokerError, Invalid
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.identity.sessions.sessions import SessionOver
from broker.web.frame.problem_kinds import KINDS, Kind, usual_kind
from broker.web.frame.request_id import request_id
from broker.web.parts import parts

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
TYPES = f"{PREFIX}problems/"
_FACTOR = {Reason.LOCKED: "too-many", Reason.CHALLENGE: "passkey-challenge"}


class Stopped(Exception):
    """The API says no before any verb was asked. ``kind`` is a name of ``KINDS``."""

    def __init__(
        self, kind: str, *, faults: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(kind)
        self.kind = KINDS[kind]
        self.faults = faults or {}
        self.headers = headers or {}


def wants_problem() -> bool:
    """Whether whoever asked is software: by the address, whatever it says it accepts."""
    return request.path.startswith(PREFIX)


def problem(kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """The document; ``more`` are members beside the standard ones, left out where empty."""
    told = {
        "type": f"{parts().settings.base_url}{TYPES}{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "reference": request_id(),
    }
    told |= {name: value for name, value in more.items() if value}
    answer = Response(json.dumps(told), kind.status, mimetype=MEDIA_TYPE)
    answer.headers.update(headers or {})
    return answer


def of_stopped(stopped: Stopped) -> Response:
    return problem(stopped.kind, stopped.kind.what, headers=stopped.headers, faults=dict(stopped.faults))


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """For an error of the framework, or one that nobody foresaw."""
    kind = usual_kind(status)
    return problem(kind, kind.what, headers=headers)


def of_ours(error: BrokerError, status: int) -> Response:
    """In the error's own words, which hold no patient data."""
    if isinstance(error, SessionOver):
        return problem(KINDS["not-signed-in"], str(error), help=error.help)
    if isinstance(error, FactorRefused):
        return _of_refused_factor(error)
    faults = dict(error.faults) if isinstance(error, Invalid) else {}
    return problem(usual_kind(status), str(error), help=error.help, faults=faults)


def _of_refused_factor(refused: FactorRefused) -> Response:
    refusal = refused.refusal
    headers = {"Retry-After": str(refusal.seconds)} if refusal.seconds else {}
    kind = KINDS[_FACTOR.get(refusal.reason, "code-refused")]
    options = json.loads(refusal.options) if refusal.options else {}
    return problem(kind, str(refused), headers=headers, help=refusal.help, options=options)
