"""One operation of the API: its signature is its declaration, from which it is answered and described."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel

from broker.identity.people import Role
from broker.web.api.frame.shape import Streamed

View = Callable[..., BaseModel | Streamed]
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Door:
    """Who may come in. What is behind it may still be somebody else's.

    A person needs one of ``roles``, if any are named. A token needs ``scope``; where there is none, no token
    opens. ``software``: whether a token that stands for nobody opens, too.
    """

    roles: frozenset[Role] = frozenset()
    scope: str | None = None
    software: bool = False
    anybody: bool = False


@dataclass(frozen=True)
class Operation:
    """``leads_to`` are operations that go on from the answer: their arguments as OpenAPI runtime expressions.

    ``kept``: whether the answer to an Idempotency-Key is kept. Not where doing it twice is the same as once.
    ``limited``: whether it counts against what one caller may ask for. What ends something never does.
    ``streams``: the media types of an answer that is made while it is sent; then ``answer`` is None.
    """

    name: str
    method: str
    path: str
    summary: str
    text: str
    door: Door
    view: View
    answer: type[BaseModel] | None
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    refusals: frozenset[int]
    leads_to: Mapping[str, Mapping[str, str]]
    kept: bool
    limited: bool
    tag: str
    streams: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Family:
    """The operations of one room, in the order of their definition."""

    tag: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, summary: str, door: Door, **more: Any) -> Callable[[View], View]:
        return self._add("GET", path, summary, door, **more)

    def post(self, path: str, summary: str, door: Door, **more: Any) -> Callable[[View], View]:
        return self._add("POST", path, summary, door, **more)

    def _add(self, method: str, path: str, summary: str, door: Door, **more: Any) -> Callable[[View], View]:
        def keep(view: View) -> View:
            self.operations.append(_declared(view, method, path, summary, door, tag=self.tag, **more))
            return view

        return keep


def _declared(
    view: View,
    method: str,
    path: str,
    summary: str,
    door: Door,
    *,
    tag: str,
    status: int = 200,
    refusals: tuple[int, ...] = (),
    leads_to: Mapping[str, Mapping[str, str]] | None = None,
    kept: bool = True,
    limited: bool = True,
    streams: tuple[str, ...] = (),
) -> Operation:
    hints = get_type_hints(view)
    return Operation(
        name=view.__name__,
        method=method,
        path=path,
        summary=summary,
        text=inspect.getdoc(view) or "",
        door=door,
        view=view,
        answer=None if streams else hints["return"],
        status=status,
        body=hints.get("body"),
        query=hints.get("query"),
        refusals=frozenset(refusals),
        leads_to=leads_to or {},
        kept=kept and method == "POST",
        limited=limited,
        tag=tag,
        streams=streams,
    )
