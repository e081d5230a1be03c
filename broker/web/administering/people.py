"""Who may sign in, and as what."""

from __future__ import annotations

from flask import Blueprint, render_template

from broker.identity.people import Role, everyone
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("people", __name__)


@pages.get("/people")
@signed_in(Role.ADMIN)
def overview() -> str:
    with parts().store.read() as reader:
        found = everyone(reader)
    return render_template("pages/people/overview.html", people=found, roles=parts().catalog.roles, wide=True)
