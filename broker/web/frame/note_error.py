"""A line in the log for every request that was refused or went wrong."""

from __future__ import annotations

import traceback
from http import HTTPStatus

import structlog
from flask import request

from broker.errors import BrokerError
from broker.web.frame.problems import Stopped

log = structlog.get_logger("broker.web")


def note_error(error: Exception, status: int | None) -> None:
    # The rule, never the address, and the frames, never the message of a foreign error: both can carry what was typed.
    rule = request.url_rule.rule if request.url_rule else None
    facts = {
        "status": int(status or 0),
        "error": type(error).__name__,
        "method": request.method,
        "rule": rule,
    }
    if isinstance(error, Stopped):
        facts["kind"] = error.kind.name
    if isinstance(error, BrokerError):
        facts["said"] = str(error)
    if not status or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        facts["frames"] = _frames(error)
        log.error("request_failed", **facts)
    else:
        log.info("request_refused", **facts)


def _frames(error: Exception) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ][-12:]
