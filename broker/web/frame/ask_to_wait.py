"""Says in the answer's header how long to wait before the next try."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import Response

from broker.identity.factors.refusal import FactorRefused, Reason

TOO_MANY = 429


def ask_to_wait(response: Response, wait: timedelta) -> Response:
    """``Retry-After`` in whole seconds, never less than ``wait``; no header where there is nothing to wait for."""
    if wait > timedelta(0):
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response


def refused_with(page: Response, refused: FactorRefused) -> Response:
    """``page`` as the answer to a code that was not taken: 429 where there were too many tries."""
    if refused.refusal.reason is Reason.LOCKED:
        page.status_code = TOO_MANY
    return ask_to_wait(page, refused.refusal.wait)
