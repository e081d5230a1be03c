"""Open what a grant names: here at once, or by a link for another device."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for

from broker.access.grant import grant_is_effective
from broker.credentials.links.hand_out import LINK_LIFETIME, hand_out, would_open
from broker.credentials.links.links import LinkRefused, exchange
from broker.credentials.links.viewings import OpenedViewing
from broker.policy.durations import in_words
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.frame.typed import typed_before
from broker.web.holding.grants import back, look
from broker.web.holding.viewing import begin_viewing, gone
from broker.web.parts import parts

pages = Blueprint("opening", __name__)


@pages.post("/grants/<grant_id>/open")
@signed_in()
def open_here(grant_id: str) -> Response:
    """Issue and exchange in one step, so that no link is ever seen."""
    return begin_viewing(_exchange(_link(grant_id)))


@pages.post("/grants/<grant_id>/link")
@signed_in()
def copy_link(grant_id: str) -> Response:
    """The link, shown this once."""
    token = _link(grant_id)
    address = parts().settings.base_url + url_for("opening.land", token=token)
    page = render_template(
        "pages/grants/link.html", page=look(grant_id), address=address, lifetime=in_words(LINK_LIFETIME)
    )
    return make_response(page)


@pages.get("/grants/<grant_id>/open", endpoint="back_from_open")
@pages.get("/grants/<grant_id>/link", endpoint="back_from_link")
@signed_in()
def to_grant(grant_id: str) -> Response:
    return back(grant_id)


@pages.get("/links/<token>")
def land(token: str) -> Response:
    """Shows what a link is and uses nothing up, whoever or whatever fetches it."""
    return _landing(token)


@pages.get("/links")
@signed_in()
def land_again() -> Response:
    """Back from the sign-in, the link sealed among what was typed."""
    return _landing(typed_before().get("link", ""))


@pages.post("/links")
@signed_in()
def open_by_link() -> Response:
    return begin_viewing(_exchange(request.form.get("link", "")))


def _landing(token: str) -> Response:
    now = session_now()
    if now is not None and now.mfa_at is not None:
        signer = parts().link_signer
        with parts().store.read() as reader:
            if not would_open(reader, signer, token, now.person.id):
                raise gone()
    return make_response(render_template("pages/links/land.html", token=token))


def _link(grant_id: str) -> str:
    wanted = request.form.get("holding", "")
    return hand_out(parts().store, parts().ledger, parts().link_signer, me(), grant_id, wanted)


def _exchange(token: str) -> OpenedViewing:
    try:
        return exchange(
            parts().store,
            parts().ledger,
            parts().link_signer,
            token=token,
            person_id=me().id,
            grant_is_effective=grant_is_effective,
        )
    except LinkRefused:
        raise gone() from None
