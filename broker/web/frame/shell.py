"""What surrounds every page: who is signed in, where they can go, the access that is live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, request, url_for

from broker.errors import BrokerError
from broker.identity.people import Person, Role
from broker.web.frame.guard import session_now
from broker.web.frame.nav import PLACES
from broker.web.frame.passkeys import passkeys_here
from broker.web.parts import parts

_LIVE, _COUNTS = "broker.live", "broker.counts"


@dataclass(frozen=True)
class LiveAccess:
    """One banner; ``patient`` is the clinic's opaque id. See templates/partials/live.html."""

    what: str
    patient: str
    ends_at: datetime
    page: str
    end_action: str
    extend_page: str | None
    confirmed: bool
    break_glass: bool


@dataclass(frozen=True)
class NavItem:
    label: str
    href: str
    here: bool
    first: bool
    count: int


@dataclass(frozen=True)
class Shell:
    """``person`` is the name shown in the header, empty before the code was given."""

    person: str
    roles: frozenset[Role]
    nav: tuple[NavItem, ...]
    live: tuple[LiveAccess, ...]
    demo: bool


def show_live(app: Flask, live_of: Callable[[Person], Sequence[LiveAccess]]) -> None:
    """Let every page carry the banners that ``live_of`` answers."""
    app.extensions[_LIVE] = live_of


def show_count(app: Flask, endpoint: str, count_for: Callable[[Person], int]) -> None:
    """Let the navigation show a number beside ``endpoint``; zero is not shown."""
    app.extensions.setdefault(_COUNTS, {})[endpoint] = count_for


def surround_pages(app: Flask) -> None:
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    settings = parts().settings
    return {
        "shell": _shell(settings.demo),
        "on_call_contact": settings.on_call_contact,
        "passkeys": passkeys_here(),
    }


def _shell(demo: bool) -> Shell:
    # An error page has to come out although the database does not answer.
    try:
        now = session_now()
        if now is not None and now.mfa_at is not None:
            person = now.person
            live = tuple(current_app.extensions.get(_LIVE, _nothing)(person))
            return Shell(person.name, person.roles, _nav(person), live, demo)
    except BrokerError:
        pass
    return Shell("", frozenset(), (), (), demo)


def _nothing(_person: Person) -> tuple[LiveAccess, ...]:
    return ()


def _nav(person: Person) -> tuple[NavItem, ...]:
    counts = current_app.extensions.get(_COUNTS, {})
    return tuple(
        NavItem(
            label=place.label,
            href=url_for(place.endpoint),
            here=request.endpoint == place.endpoint,
            first=place.first,
            count=counts[place.endpoint](person) if place.endpoint in counts else 0,
        )
        for place in PLACES
        if place.endpoint in current_app.view_functions
        and (not place.roles or place.roles & person.roles)
        and (not place.demo_only or parts().settings.demo)
    )
