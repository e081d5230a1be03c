"""The first page after signing in: what this person can do, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from broker.access.find import requests_by
from broker.identity.people import Person, Role
from broker.policy.who_may import offers
from broker.web.asking.request_row import RequestRow, request_row
from broker.web.deciding.waiting import Waiting, waiting_list
from broker.web.frame.guard import me, signed_in
from broker.web.holding.grant_row import GrantRow, grants_of
from broker.web.parts import parts

pages = Blueprint("home", __name__)

MOST_REQUESTS = 10


@dataclass(frozen=True)
class Home:
    """``waiting`` is None for people who decide nothing; the lists are empty for people who may ask for nothing."""

    may_ask: bool
    grants: tuple[GrantRow, ...]
    requests: tuple[RequestRow, ...]
    waiting: Waiting | None


@pages.get("/")
@signed_in()
def show() -> str:
    return render_template("pages/home/home.html", home=_home(me()))


def _home(person: Person) -> Home:
    catalog = parts().catalog
    waiting = waiting_list(person) if person.roles & {Role.APPROVER, Role.REVIEWER} else None
    with parts().store.read() as reader:
        own = requests_by(reader, person.id, most=MOST_REQUESTS)
        return Home(
            may_ask=bool(own) or bool(offers(catalog, [str(role) for role in person.roles])),
            grants=grants_of(reader, catalog, person),
            requests=tuple(request_row(reader, catalog, person, each) for each in own),
            # A reviewer is seldom asked to decide, so the section is there only when they are.
            waiting=waiting if waiting and (waiting.rows or person.is_(Role.APPROVER)) else None,
        )
