"""Addresses that a page may send a reader on to: pages of this broker, and nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LONGEST = 3_000


def own_path(path: str | None) -> str:
    """``path`` when a page of ours answers GET there, otherwise the start page."""
    return path if path and view_at(path) is not None else url_for("home.show")


def view_at(path: str) -> Any | None:
    """The view that answers GET at ``path`` (with or without a query), or None."""
    if not _looks_own(path):
        return None
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return None if endpoint == "static" else current_app.view_functions[endpoint]


def _looks_own(path: str) -> bool:
    # Browsers read //host and /\host as another site, and drop tabs and newlines before they look.
    plain = path.isprintable() and "\\" not in path and len(path) <= LONGEST
    return plain and path.startswith("/") and not path.startswith("//")
