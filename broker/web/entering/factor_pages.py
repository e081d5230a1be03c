"""The pages on the way to a factor: the picture to scan, the recovery codes to keep."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from broker.identity.factors.enrol import Enrolment
from broker.web.entering.sign_in import UNACCEPTED
from broker.web.frame.own_path import own_path


def scan_page(enrolment: Enrolment, errors: dict[str, str]) -> Response:
    page = render_template("pages/factor/scan.html", enrolment=enrolment, errors=errors, next=wanted())
    return make_response(page, UNACCEPTED if errors else 200)


def codes_page(codes: tuple[str, ...]) -> Response:
    return make_response(render_template("pages/factor/recovery_codes.html", codes=codes, next=wanted()))


def wanted() -> str:
    """Where the reader was going."""
    return own_path(request.values.get("next"))
