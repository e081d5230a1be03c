"""Pages as another room would write them: a form, a page for one role, and views that go wrong."""

from __future__ import annotations

from flask import Blueprint, render_template_string, request

from broker.errors import Conflict, Invalid, NotFound, Refused, SiteError, Unavailable
from broker.identity.people import Role
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before

pages = Blueprint("under_test", __name__)

_FORM = """
{% extends "base.html" %}
{% from "partials/forms.html" import error_summary, csrf, text_field, textarea, code_field, button with context %}
{% block title %}A form{% endblock %}
{% block content %}
{{ error_summary(errors) }}
<form method="post">
{{ csrf() }}
{{ text_field("patient", "Patient", values, errors) }}
{{ textarea("note", "Note", values, errors) }}
{{ code_field(errors) }}
{{ button("Send") }}
</form>
{% endblock %}
"""

RAISED = {
    "refused": Refused("The policy says no.", help="Ask for less."),
    "missing": NotFound("There is no such access."),
    "moved": Conflict("It was withdrawn meanwhile."),
    "invalid": Invalid("The duration is too long.", {"duration": "At most 30 minutes."}),
    "locked": Unavailable("The store is locked."),
    "site": SiteError("The site does not answer.", effect_unknown=True),
}


@pages.get("/form")
@signed_in()
def form() -> str:
    return render_template_string(_FORM, values=typed_before(), errors={})


@pages.post("/form")
@signed_in()
def take() -> str:
    return f"{me().name} sent {request.form['note']}"


@pages.get("/hurried-form")
@signed_in(first_factor=True)
def hurried() -> str:
    return render_template_string(_FORM, values={}, errors={})


@pages.post("/things/<thing_id>/end")
@signed_in()
def end(thing_id: str) -> str:
    return f"ended {thing_id}"


@pages.get("/reviewers-only")
@signed_in(Role.REVIEWER)
def reviewers_only() -> str:
    return "for reviewers"


@pages.get("/raise/<kind>")
def raise_one(kind: str) -> str:
    raise RAISED[kind]


@pages.get("/crash/<token>")
def crash(token: str) -> str:
    raise RuntimeError(f"canary in a message: {token}")
