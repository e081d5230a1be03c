"""The page of one grant: what it opens, until when, end it now."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.access.hand_back import hand_back
from broker.access.revoke import revoke
from broker.errors import Conflict
from broker.web.frame.guard import me, signed_in
from broker.web.frame.unchanged import news
from broker.web.holding.grant_page import GrantPage, grant_page
from broker.web.parts import parts
from broker.web.telling.seeing import grant_for
from broker.web.telling.story import Teller

pages = Blueprint("grants", __name__)


@pages.get("/grants/<grant_id>")
@signed_in()
def show(grant_id: str) -> Response:
    page = look(grant_id)
    body = render_template("pages/grants/show.html", page=page, mark=page.mark, fresh=False)
    return make_response(body)


@pages.get("/grants/<grant_id>/now")
@signed_in()
def now(grant_id: str) -> Response:
    """The part of the page that refreshes itself."""
    page = look(grant_id)
    return news("pages/grants/_now.html", page.mark, page=page, fresh=True)


@pages.post("/grants/<grant_id>/end")
@signed_in()
def end(grant_id: str) -> Response:
    """The holder hands back; anybody else needs a role that may revoke."""
    page = look(grant_id)
    try:
        if page.mine:
            hand_back(parts().equipment, me(), grant_id)
        else:
            revoke(parts().equipment, me(), grant_id)
    except Conflict:
        pass  # it ended by another hand at the same moment
    return back(grant_id)


@pages.get("/grants/<grant_id>/end", endpoint="back")
@signed_in()
def back(grant_id: str) -> Response:
    """Whoever had to sign in again comes back to the page, and nothing is done for them."""
    return make_response(redirect(url_for("grants.show", grant_id=grant_id), 303))


def look(grant_id: str) -> GrantPage:
    """The grant's page for whoever asks, or NotFound."""
    viewer = me()
    with parts().store.read() as reader:
        return grant_page(
            Teller(reader, parts().catalog, viewer, parts().equipment.notes),
            grant_for(reader, viewer, grant_id),
        )
