"""One id for one request: on the error page, in the answer and in every log line about it."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from broker.clock import new_id

HEADER = "X-Request-Id"
_USABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id() -> str:
    """The id of the request being answered; one that a proxy gave is kept when it is harmless."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _USABLE.fullmatch(given) else new_id("req")
    return str(g.request_id)


def follow_requests(app: Flask) -> None:
    def begin() -> None:
        clear_contextvars()
        bind_contextvars(request_id=request_id())

    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response

    app.before_request(begin)
    app.after_request(end)
    app.context_processor(lambda: {"request_id": request_id()})
