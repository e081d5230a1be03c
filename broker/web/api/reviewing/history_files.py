"""The history as a file, and as the numbers of its pictures."""

from __future__ import annotations

from pydantic import Field

from broker.review.history.exporting.exported import Format, record_export
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Family
from broker.web.api.frame.shape import Streamed, Told
from broker.web.api.reviewing.history import LOOKS
from broker.web.api.reviewing.narrowing import Narrowing, filters_of
from broker.web.parts import parts
from broker.web.reviewing.history.files import TYPES, send_file_of
from broker.web.reviewing.history.pictures import pictures_of

files = Family("reviewing")


class Wanted(Narrowing):
    """Which grants, and in what format. The JSON is described by docs/history.schema.json, the FHIR is a Bundle."""

    format: Format


class PictureTold(Told):
    """``finding`` is the picture in a sentence; the first of ``heads`` is what each of ``rows`` is about."""

    name: str = Field(examples=["hours"])
    title: str
    finding: str
    heads: list[str]
    rows: list[list[str]]


class PicturesTold(Told):
    items: list[PictureTold]


@files.post(
    "/history/file",
    "Take the history as a file",
    LOOKS,
    kept=False,
    streams=tuple(TYPES.values()),
)
def take_history_file(call: Call, body: Wanted) -> Streamed:
    """Made while it is sent; X-Total-Count grants are in it. Who took what is written into the ledger first."""
    wired, filters = parts(), filters_of(body)
    export = record_export(wired.store, wired.ledger, call.who.id, filters, wired.settings.zone, body.format)
    return Streamed(send_file_of(wired, export, call.who.person))


@files.get(
    "/history/pictures", "Count the history: by hour, by purpose, by person, how fast, how late", LOOKS
)
def show_history_pictures(call: Call, query: Narrowing) -> PicturesTold:  # noqa: ARG001 - whoever came in may look
    """The tables behind the pictures of the page, of the last 90 days where no days are given."""
    with parts().store.read() as reader:
        drawn = pictures_of(reader, filters_of(query))
    return PicturesTold(
        items=[
            PictureTold(
                name=each.name,
                title=each.title,
                finding=each.finding,
                heads=list(each.heads),
                rows=[[cell.text for cell in row] for row in each.rows],
            )
            for each in drawn
        ]
    )
