"""Whether this process answers and can read its database; no word more."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import literal, select

from broker.errors import Unavailable
from broker.web.parts import parts

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def check() -> Response:
    """200 ``ok`` or 503 ``unavailable``, as plain text."""
    try:
        with parts().store.read() as reader:
            reader.execute(select(literal(1)))
    except Unavailable:
        return Response("unavailable\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
