"""Waiting for you: what an approver has to answer, oldest first, and what was decided lately."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from broker.access.find import closed_lately, waiting_for
from broker.access.request import AccessRequest
from broker.identity.people import Person, Role
from broker.policy.catalog import Catalog
from broker.store import Reader
from broker.web.asking.request_row import RequestRow, request_row
from broker.web.deciding.pleas import PleaRow, pleas_for
from broker.web.frame.guard import me, signed_in
from broker.web.frame.unchanged import mark_of, news
from broker.web.parts import parts

pages = Blueprint("waiting", __name__)


@dataclass(frozen=True)
class Waiting:
    """``mark`` changes whenever the lists do; ``pleas`` are of colleagues who lost what they confirm with."""

    rows: tuple[RequestRow, ...]
    pleas: tuple[PleaRow, ...]
    decided: tuple[RequestRow, ...]
    mark: str


@pages.get("/waiting")
@signed_in(Role.APPROVER, Role.REVIEWER)
def show() -> Response:
    waiting = waiting_list(me())
    return make_response(render_template("pages/waiting/show.html", waiting=waiting, fresh=False))


@pages.get("/waiting/now")
@signed_in(Role.APPROVER, Role.REVIEWER)
def now() -> Response:
    """The part of the page that refreshes itself."""
    waiting = waiting_list(me())
    level = 2 if request.args.get("level") == "2" else 1
    return news("pages/waiting/_now.html", waiting.mark, waiting=waiting, level=level, fresh=True)


def waiting_list(approver: Person) -> Waiting:
    catalog = parts().catalog
    with parts().store.read() as reader:
        pending = waiting_for(reader, catalog, approver)
        closed = closed_lately(reader)
        rows, decided = _rows(reader, catalog, approver, pending), _rows(reader, catalog, approver, closed)
        pleas = pleas_for(reader, approver)
    mark = mark_of(*((row.id, row.state) for row in rows + decided), *(each.id for each in pleas))
    return Waiting(rows, pleas, decided, mark)


def count_waiting(person: Person) -> int:
    """For the navigation."""
    with parts().store.read() as reader:
        return len(waiting_for(reader, parts().catalog, person)) + len(pleas_for(reader, person))


def _rows(
    reader: Reader, catalog: Catalog, viewer: Person, requests: list[AccessRequest]
) -> tuple[RequestRow, ...]:
    return tuple(request_row(reader, catalog, viewer, each) for each in requests)
