"""The player of a recording and the page of a record."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template

from broker.access.grant import Grant
from broker.credentials.links.viewings import Viewing
from broker.errors import NotFound
from broker.patients.holdings import Holding, HoldingKind, find_holding
from broker.store import Reader
from broker.vault.objects import VaultObject, find_object
from broker.vault.records import read_record
from broker.web.frame.guard import me, signed_in
from broker.web.frame.unchanged import mark_of, news
from broker.web.holding.media import send_media
from broker.web.holding.viewing import cookie_value, gives_access, gone, viewing_of
from broker.web.parts import parts
from broker.web.telling.grant_story import why_it_ended
from broker.web.telling.naming import patient_shown

pages = Blueprint("watching", __name__)


@dataclass(frozen=True)
class Watching:
    """``usable`` is whether anything may be shown now; ``why_ended`` is empty until then."""

    viewing: Viewing
    holding: Holding
    grant: Grant
    patient: str
    usable: bool
    why_ended: str
    moving: bool
    mark: str


@pages.get("/watch/<viewing_id>")
@signed_in()
def show(viewing_id: str) -> Response:
    with parts().store.read() as reader:
        watching = _look(reader, viewing_id)
        item = _sealed_record(reader, watching)
    # What unwraps its key may be a network away, so that whether it may be shown is asked again afterwards.
    record = read_record(parts().shelf.open(item)) if item else None
    if record is not None:
        with parts().store.read() as reader:
            watching = _look(reader, viewing_id)
        record = record if watching.usable else None
    body = render_template("pages/watching/show.html", watching=watching, record=record, fresh=False)
    return make_response(body)


@pages.get("/watch/<viewing_id>/now")
@signed_in()
def now(viewing_id: str) -> Response:
    """Whether it still runs; the page asks while it is open."""
    with parts().store.read() as reader:
        watching = _look(reader, viewing_id)
    return news("pages/watching/_now.html", watching.mark, watching=watching, fresh=True)


@pages.get("/watch/<viewing_id>/media")
@signed_in()
def media(viewing_id: str) -> Response:
    # A player asks for many ranges: no more is read for one than it takes to allow it.
    with parts().store.read() as reader:
        viewing, _ = viewing_of(reader, me(), viewing_id)
        holding = find_holding(reader, viewing.holding_id)
        usable = gives_access(reader, cookie_value(), viewing)
    if not usable or holding is None or holding.kind is not HoldingKind.RECORDING:
        raise gone()
    return send_media(viewing, cookie_value())


def _look(reader: Reader, viewing_id: str) -> Watching:
    viewing, grant = viewing_of(reader, me(), viewing_id)
    holding = find_holding(reader, viewing.holding_id)
    if holding is None:
        raise NotFound("There is nothing stored under that id.")
    usable = gives_access(reader, cookie_value(), viewing)
    return Watching(
        viewing=viewing,
        holding=holding,
        grant=grant,
        patient=patient_shown(reader, grant.patient_id),
        usable=usable,
        why_ended="" if usable else why_it_ended(grant),
        moving=holding.media_type.startswith("video/"),
        mark=mark_of(usable),
    )


def _sealed_record(reader: Reader, watching: Watching) -> VaultObject | None:
    if not watching.usable or watching.holding.kind is not HoldingKind.RECORD:
        return None
    item = find_object(reader, watching.holding.id)
    if item is None:
        raise NotFound("There is nothing stored under that id.")
    return item
