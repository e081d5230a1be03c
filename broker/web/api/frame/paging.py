"""Long lists a page at a time: from a place in the list, never by counting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from pydantic import Field

from broker.web.api.frame.call import Call
from broker.web.api.frame.shape import Given, Told
from broker.web.frame.problems import Stopped
from broker.web.parts import parts

MOST = 200
USUAL = 50

T = TypeVar("T")


class Paging(Given):
    """Which part of a list. ``after`` is never made up: it stands in the address of the next page."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)
    after: str | None = Field(default=None, max_length=600)


class Page(Told):
    """``next`` is the address of the next page, None on the last one; the Link header says the same."""

    next: str | None = None


def begins_after(paging: Paging) -> list[Any] | None:
    """The place a page begins after, None for the first. Stopped for a cursor of another list, or an edited one."""
    if paging.after is None:
        return None
    try:
        about, place = _signer().loads(paging.after)
    except (BadData, ValueError, TypeError):
        about, place = "", []
    if about != _question():
        raise Stopped("invalid", faults={"after": "It belongs to no page of this list."})
    return list(place)


def cut(call: Call, paging: Paging, found: Sequence[T], place_of: Callable[[T], list[Any]]) -> Sequence[T]:
    """The first ``limit`` of what was found with one more than that; tells of the next page where there is one."""
    page = found[: paging.limit]
    if len(found) > paging.limit:
        tell_next(call, paging, place_of(page[-1]))
    return page


def tell_next(call: Call, paging: Paging, place: list[Any]) -> None:
    asked = {name: value for name, value in request.args.items() if name not in {"after", "limit"}}
    cursor = str(_signer().dumps([_question(), place]))
    query = urlencode({**asked, "limit": paging.limit, "after": cursor})
    address = f"{parts().settings.base_url}{request.path}?{query}"
    call.headers["Link"] = f'<{address}>; rel="next"'


def next_of(call: Call) -> str | None:
    """The address ``tell_next`` told of."""
    link = call.headers.get("Link")
    return link[1 : link.index(">")] if link else None


def instant_and_id(place: list[Any] | None) -> tuple[datetime, str] | None:
    """A place in a list that is ordered by a time and then by id."""
    return None if place is None else (datetime.fromisoformat(place[0]), place[1])


def after_in(items: Sequence[T], place: list[Any] | None, key: Callable[[T], list[Any]]) -> Sequence[T]:
    """For short lists that are read whole, in the order of ``key``."""
    return [each for each in items if place is None or key(each) > place]


def _question() -> str:
    asked = sorted((name, value) for name, value in request.args.items() if name not in {"after", "limit"})
    return hashlib.sha256(repr([request.path, asked]).encode("utf-8", "replace")).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt="cursor", signer_kwargs={"digest_method": hashlib.sha256}
    )
