"""Evidence for an audit of controls: drawn up by a button alone, because it is written down who drew it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, make_response, render_template, request, send_file

from broker.errors import Invalid
from broker.identity.people import Role
from broker.review.evidence.days import days_of
from broker.review.evidence.draw_up import Sources, Wanted, draw_up
from broker.review.evidence.sample import USUAL_SIZE
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts

pages = Blueprint("evidence", __name__)

MAY_DRAW = (Role.REVIEWER, Role.ADMIN)
MOST_SAMPLED = 100


@pages.get("/evidence")
@signed_in(*MAY_DRAW)
def ask() -> Response:
    return _form(typed_before() or _usual(), {})


@pages.post("/evidence")
@signed_in(*MAY_DRAW)
def draw() -> Response:
    """A file that is made whole before it is sent: nobody audits half a bundle."""
    typed = request.form
    try:
        wanted = _wanted(typed)
    except Invalid as error:
        return _form(typed, error.faults)
    wired = parts()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.zip"
        draw_up(Sources(wired.store, wired.ledger, wired.catalog, wired.checkpoints), wanted, path)
        file = path.open("rb")  # it goes on being read when its name is gone
    name = f"evidence-{wanted.days.first.isoformat()}-{wanted.days.last.isoformat()}.zip"
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


def _wanted(typed: Mapping[str, str]) -> Wanted:
    days = days_of(typed.get("from", ""), typed.get("to", ""), parts().clock.now())
    sample = typed.get("sample", "").strip()
    if not (sample.isascii() and sample.isdecimal() and int(sample[:4]) <= MOST_SAMPLED):
        words = f"Write a number from 0 to {MOST_SAMPLED}."
        raise Invalid("The bundle was not drawn.", {"sample": words})
    return Wanted(days, me().id, int(sample))


def _usual() -> dict[str, str]:
    today = parts().clock.now().astimezone(UTC).date()
    last = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    first = date(last.year, last.month - 2, 1)
    return {"from": first.isoformat(), "to": last.isoformat(), "sample": str(USUAL_SIZE)}


def _form(values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    key = parts().checkpoints.key.public.vkey
    body = render_template(
        "pages/evidence/ask.html", values=values, errors=errors, public_key=key, most=MOST_SAMPLED
    )
    return make_response(body, 422 if errors else 200)
