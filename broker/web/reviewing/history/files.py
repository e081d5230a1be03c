"""The filtered history as a file. A file leaves by a button alone, because it is written down who took what."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, make_response, redirect, request, url_for

from broker.errors import Invalid, Refused
from broker.identity.people import Person, by_id
from broker.review.history.exporting.batches import batches
from broker.review.history.exporting.csv_file import csv_lines
from broker.review.history.exporting.exported import Export, Format, record_export
from broker.review.history.exporting.json_file import json_lines
from broker.review.history.filters import Filters
from broker.review.history.rows import HistoryRow
from broker.web.frame.guard import me, signed_in
from broker.web.parts import Parts, parts
from broker.web.reviewing.history.fhir_file import MEDIA_TYPE, fhir_lines
from broker.web.reviewing.history.form import MAY_LOOK

pages = Blueprint("history_files", __name__)

TYPES = {Format.CSV: "text/csv", Format.JSON: "application/json", Format.FHIR: MEDIA_TYPE}
NAMES = {
    Format.CSV: "grant-history.csv",
    Format.JSON: "grant-history.json",
    Format.FHIR: "grant-history.fhir.json",
}
COUNT = "X-Total-Count"


@pages.post("/history/file")
@signed_in(*MAY_LOOK)
def take() -> Response:
    filters = Filters.from_query(request.form)
    wired = parts()
    export = record_export(
        wired.store,
        wired.ledger,
        me().id,
        filters,
        wired.settings.zone,
        _format(request.form.get("format", "")),
    )
    return send_file_of(wired, export, me())


@pages.get("/history/file")
@pages.get("/history.csv")
@signed_in(*MAY_LOOK)
def back() -> Response:
    """Older links, and whoever had to sign in again: to the same question, where the buttons are."""
    filters = Filters.from_query(request.args)
    return make_response(redirect(url_for("history.grants", **filters.to_query(), _anchor="files"), 303))  # type: ignore[arg-type]


def send_file_of(wired: Parts, export: Export, taker: Person | None) -> Response:
    """A stream that is made while it is sent; COUNT says how many grants it is going to hold.

    It breaks off when ``taker`` may look no more. None for software.
    """
    answer = Response(_lines(wired, export, taker), mimetype=TYPES[export.format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{NAMES[export.format]}"'
    answer.headers[COUNT] = str(export.rows)
    # nginx would keep a large file back, and nobody would see it grow.
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _lines(wired: Parts, export: Export, taker: Person | None) -> Iterator[str]:
    parts_of_it = batches(wired.store, wired.catalog, export.filters, wired.settings.zone)
    if taker is not None:
        parts_of_it = _while_allowed(wired, taker.id, parts_of_it)
    if export.format is Format.CSV:
        return csv_lines(parts_of_it)
    if export.format is Format.JSON:
        return json_lines(export, parts_of_it)
    return fhir_lines(wired, parts_of_it)


def _while_allowed(
    wired: Parts, person_id: str, parts_of_it: Iterator[tuple[HistoryRow, ...]]
) -> Iterator[tuple[HistoryRow, ...]]:
    # A large file takes minutes, and an account can be switched off within them.
    for rows in parts_of_it:
        with wired.store.read() as reader:
            person = by_id(reader, person_id)
        if person.disabled or not person.roles & set(MAY_LOOK):
            raise Refused("This account may not read the history any more.", help="Ask an administrator.")
        yield rows


def _format(written: str) -> Format:
    try:
        return Format(written)
    except ValueError as error:
        raise Invalid("There is no such kind of file.", {"": "Choose CSV, JSON or FHIR."}) from error
