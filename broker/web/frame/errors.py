"""Every error becomes our page, or for software a problem document: a sentence, what to do next, a reference."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from broker.errors import (
    BrokerError,
    Conflict,
    IllegalMove,
    Invalid,
    NotFound,
    Refused,
    SiteError,
    Unavailable,
)
from broker.identity.sessions.sessions import SessionOver
from broker.web.frame.error_words import WORDS, Words
from broker.web.frame.guard import send_to_sign_in
from broker.web.frame.note_error import note_error
from broker.web.frame.own_path import view_at
from broker.web.frame.problems import Stopped, of_ours, of_status, of_stopped, wants_problem
from broker.web.frame.request_id import request_id
from broker.web.frame.typed import keep_typed

_STATUS: tuple[tuple[type[BrokerError], HTTPStatus], ...] = (
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Refused, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (IllegalMove, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (SiteError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: BrokerError) -> HTTPStatus:
    """The status an error of ours is answered with; 500 for one that no page should ever raise."""
    matching = (status for kind, status in _STATUS if isinstance(error, kind))
    return next(matching, HTTPStatus.INTERNAL_SERVER_ERROR)


def answer_errors(app: Flask) -> None:
    app.register_error_handler(BrokerError, _answer_ours)
    app.register_error_handler(SessionOver, _answer_session_over)
    app.register_error_handler(Stopped, _answer_stopped)
    app.register_error_handler(CSRFError, _answer_stale_form)
    app.register_error_handler(SecurityError, _answer_foreign_host)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unforeseen)


def error_page(status: int, words: Words, *, again: str = "") -> Response:
    """The page for ``status``; ``again`` is the address of a form that waits with what was typed."""
    # A region that refreshes itself must not be filled with a whole page.
    shape = "fragment" if "HX-Request" in request.headers else "page"
    try:
        body = render_template(f"pages/errors/{shape}.html", words=words, status=status, again=again)
    except Exception as error:  # noqa: BLE001 - whatever else is broken, this answer goes out
        note_error(error, status)
        body = _bare(words)
    return make_response(body, status)


def _answer_ours(error: BrokerError) -> Response:
    status = status_of(error)
    note_error(error, status)
    unforeseen = status is HTTPStatus.INTERNAL_SERVER_ERROR
    if wants_problem():
        return of_status(status) if unforeseen else of_ours(error, status)
    if unforeseen:
        return error_page(status, WORDS[status])
    return error_page(status, Words(WORDS[status].heading, str(error), error.help))


def _answer_session_over(over: SessionOver) -> Response:
    return of_ours(over, HTTPStatus.UNAUTHORIZED) if wants_problem() else send_to_sign_in(None)


def _answer_stopped(stopped: Stopped) -> Response:
    note_error(stopped, stopped.kind.status)
    return of_stopped(stopped)


def _answer_stale_form(error: CSRFError) -> Response:
    note_error(error, error.code)
    # Only what this very site sent is kept: another site must not fill in our forms.
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    again = request.path if ours and view_at(request.path) else ""
    answer = error_page(HTTPStatus.BAD_REQUEST, WORDS["stale form"], again=again)
    if again:
        keep_typed(answer, again, request.form)
    return answer


def _answer_foreign_host(error: SecurityError) -> Response:
    # No page of ours can be drawn for an address that is not ours: every link in it would be built on it.
    note_error(error, error.code)
    if wants_problem():
        return of_stopped(Stopped("foreign-host"))
    return make_response(_bare(WORDS["foreign host"]), error.code)


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None:
        return make_response(error.get_response())
    note_error(error, error.code)
    if wants_problem():
        return of_status(error.code, _told_on(error))
    words = WORDS.get(error.code) or WORDS[HTTPStatus.BAD_REQUEST if error.code < 500 else 500]  # noqa: PLR2004
    answer = error_page(error.code, words)
    answer.headers.update(_told_on(error))
    return answer


def _told_on(error: HTTPException) -> dict[str, str]:
    """What an error of the framework says in headers, but for the form of a page we do not send."""
    told = {"allow", "retry-after", "www-authenticate", "content-range"}
    return {name: value for name, value in error.get_headers() if name.lower() in told}


def _answer_unforeseen(error: Exception) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    note_error(error, status)
    return of_status(status) if wants_problem() else error_page(status, WORDS[status])


def _bare(words: Words) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Emergency access</title>"
        f"<h1>{words.heading}</h1><p>{words.sentence} {words.next_step}</p><p>Reference {request_id()}</p>"
    )
