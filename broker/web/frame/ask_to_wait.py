"""Says in the answer's header how long to wait before the next try."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import Response


def ask_to_wait(response: Response, wait: timedelta) -> Response:
    """``Retry-After`` in whole seconds, never less than ``wait``; no header where there is nothing to wait for."""
    if wait > timedelta(0):
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response
