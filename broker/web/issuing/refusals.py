"""Refusals as software reads them (RFC 6749, 5.2): our errors become the standards' codes here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError
from flask import Blueprint, Response, jsonify, make_response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from broker.credentials.authorizing.refused import CodeRefused, ProofMissing
from broker.credentials.authorizing.wanted import DetailsRefused
from broker.credentials.exchange.exchange import TargetRefused
from broker.credentials.exchange.subject_token import SubjectRefused
from broker.errors import BrokerError, Conflict, Invalid, NotFound, Refused, Unavailable
from broker.verify.dpop import INVALID_PROOF, DpopRefused
from broker.web.frame.note_error import note_error

REALM = 'Basic realm="emergency access", charset="UTF-8"'
NONCE_HEADER = "DPoP-Nonce"
_UNSPEAKABLE = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")

_CODES: tuple[tuple[type[BrokerError], str], ...] = (
    (CodeRefused, "invalid_grant"),
    (ProofMissing, INVALID_PROOF),
    (DetailsRefused, "invalid_authorization_details"),
    (TargetRefused, "invalid_target"),
    # RFC 8693, 2.2.2: a subject token that is not accepted is invalid_request, whatever is wrong with it.
    (SubjectRefused, "invalid_request"),
    (Conflict, "invalid_grant"),
    (NotFound, "invalid_grant"),
    (Refused, "invalid_grant"),
    (Invalid, "invalid_request"),
)

_SPOKEN: Mapping[int, tuple[str, str]] = {
    HTTPStatus.METHOD_NOT_ALLOWED: ("invalid_request", "Use POST."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("invalid_request", "That is more than the broker takes."),
    HTTPStatus.TOO_MANY_REQUESTS: ("temporarily_unavailable", "Too many requests. Wait, then go on."),
}


class ClientRefused(InvalidClientError):  # type: ignore[misc]  # the library is untyped
    """One answer for whatever is wrong with how software proves itself: nobody learns which clients there are."""

    status_code = HTTPStatus.UNAUTHORIZED.value
    description = "Client authentication failed."

    def get_headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", "application/json"), ("WWW-Authenticate", REALM)]


def as_oauth(error: BrokerError) -> OAuth2Error:
    """The library's error for one of ours; Unavailable and mistakes of ours stay what they are."""
    if isinstance(error, DpopRefused):
        return OAuth2Error(error=error.code, description=speakable(str(error)))
    for kind, code in _CODES:
        if isinstance(error, kind):
            return OAuth2Error(error=code, description=speakable(f"{error} {error.help}"))
    raise error


def speakable(text: str) -> str:
    """Text without the characters an error_description must not have; the library breaks on them."""
    return _UNSPEAKABLE.sub("'", text)


def answer_as_oauth(pages: Blueprint) -> None:
    """Let every error of these endpoints be an answer that an OAuth client understands."""
    pages.register_error_handler(OAuth2Error, _answer_oauth)
    pages.register_error_handler(BrokerError, _answer_ours)
    pages.register_error_handler(HTTPException, _answer_http)
    pages.register_error_handler(Exception, _answer_unforeseen)


def only_posted(pages: Blueprint, path: str) -> None:
    """Whoever comes by another method is told so in the language of this place."""

    def refuse() -> Response:
        raise MethodNotAllowed(["POST"])

    methods = ["GET", "PUT", "PATCH", "DELETE"]
    pages.add_url_rule(path, f"not_{path.rsplit('/', 1)[1]}", refuse, methods=methods)


def refusal(error: OAuth2Error) -> Response:
    status, body, headers = error()
    answer = make_response(jsonify(body), status)
    answer.headers.extend(headers)
    answer.headers["Content-Type"] = "application/json"
    return answer


def _answer_oauth(error: OAuth2Error) -> Response:
    note_error(error, error.status_code)
    return refusal(error)


def _answer_ours(error: BrokerError) -> Response:
    if isinstance(error, Unavailable):
        note_error(error, HTTPStatus.SERVICE_UNAVAILABLE)
        answer = _plain(HTTPStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable", f"{error} {error.help}")
        answer.headers["Retry-After"] = "5"
        return answer
    try:
        spoken = as_oauth(error)
    except BrokerError:
        return _answer_unforeseen(error)
    note_error(error, spoken.status_code)
    answer = refusal(spoken)
    if isinstance(error, DpopRefused) and error.nonce:
        answer.headers[NONCE_HEADER] = error.nonce
    return answer


def _answer_http(error: HTTPException) -> Response:
    note_error(error, error.code)
    code, words = _SPOKEN.get(error.code or 0, ("invalid_request", "The request cannot be read."))
    answer = _plain(error.code or HTTPStatus.BAD_REQUEST, code, words)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _answer_unforeseen(error: Exception) -> Response:
    note_error(error, HTTPStatus.INTERNAL_SERVER_ERROR)
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", "The broker made a mistake.")


def _plain(status: int, code: str, description: str) -> Response:
    body: dict[str, Any] = {"error": code, "error_description": speakable(description)}
    return make_response(jsonify(body), status)
