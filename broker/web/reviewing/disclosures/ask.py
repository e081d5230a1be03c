"""What a patient is told: drawn up by a button alone, because it is written down who drew up what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, make_response, render_template, request

from broker.errors import Invalid
from broker.identity.people import Role
from broker.review.disclosures.answer import answer_of, as_json
from broker.review.disclosures.csv_file import csv_lines
from broker.review.disclosures.draw_up import Document, DrawnUp, Form, draw_up
from broker.review.disclosures.exempt import exempt_as
from broker.review.disclosures.period import Period, period_of
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.disclosures.fhir_file import MEDIA_TYPE, fhir_lines

pages = Blueprint("disclosures", __name__)


@pages.get("/disclosures")
@signed_in(Role.REVIEWER)
def ask() -> Response:
    return _form(typed_before(), {})


@pages.post("/disclosures")
@signed_in(Role.REVIEWER)
def tell() -> Response:
    typed = request.form
    try:
        document, form = _wanted(typed.get("wanted", ""))
        period = _period(typed)
        drawn = draw_up(parts().equipment, me(), document, form, typed.get("patient", ""), period)
    except Invalid as error:
        return _form(typed, error.faults)
    return _answered(drawn, form, with_notes=bool(typed.get("with_notes")))


def _answered(drawn: DrawnUp, form: Form, *, with_notes: bool) -> Response:
    if form is Form.CSV:
        return _file(csv_lines(drawn), "text/csv", "accounting-of-disclosures.csv")
    if form is Form.FHIR:
        return _file(fhir_lines(parts(), drawn), MEDIA_TYPE, "accounting-of-disclosures.fhir.json")
    if drawn.document is Document.ACCOUNTING:
        return make_response(_accounting(drawn))
    with parts().store.read() as reader:
        answer = answer_of(reader, parts().catalog, drawn, with_notes=with_notes)
    if form is Form.JSON:
        text = json.dumps(as_json(answer), ensure_ascii=False, indent=2) + "\n"
        return _file([text], "application/json", "answer-to-a-patient.json")
    return make_response(
        render_template("pages/disclosures/answer.html", answer=answer, said=as_json(answer), wide=True)
    )


def _accounting(drawn: DrawnUp) -> str:
    exempt = {each.grant_id: exempt_as(each.purpose_code) for each in drawn.accesses}
    return render_template(
        "pages/disclosures/accounting.html",
        drawn=drawn,
        exempt=exempt,
        owed=sum(not each for each in exempt.values()),
        reviewer=me(),
        wide=True,
    )


def _file(lines: Iterable[str], media_type: str, name: str) -> Response:
    answer = Response(lines, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted(written: str) -> tuple[Document, Form]:
    document, _, form = written.partition(".")
    try:
        return Document(document), Form(form)
    except ValueError as error:
        raise Invalid("There is no such document.", {"": "Choose one of the buttons."}) from error


def _period(typed: Mapping[str, str]) -> Period:
    reach, zone = parts().catalog.keeping.accounting, parts().settings.zone
    return period_of(typed.get("from", ""), typed.get("to", ""), parts().clock.now(), reach, zone)


def _form(values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    reach = parts().catalog.keeping.accounting
    earliest = (parts().clock.now().astimezone(parts().settings.zone) - reach).date()
    body = render_template("pages/disclosures/ask.html", values=values, errors=errors, earliest=earliest)
    return make_response(body, 422 if errors else 200)
