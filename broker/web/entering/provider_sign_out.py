"""Signed out by the provider, and at the provider."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from broker.errors import Conflict, NotFound, Unavailable
from broker.identity.sessions.sessions import Session
from broker.identity.single_sign_on.going_out.leave import way_out
from broker.identity.single_sign_on.going_out.logout_token import read_order
from broker.identity.single_sign_on.going_out.obey import obey
from broker.identity.single_sign_on.going_out.sso_sessions import hint_of
from broker.identity.single_sign_on.provider.registration import SIGNED_OUT
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused
from broker.web.frame.guard import session_now
from broker.web.parts import parts

pages = Blueprint("signed_out", __name__)
software = Blueprint("provider", __name__)
log = structlog.get_logger("broker.web")

INVALID, LATER = 400, 503


@software.post("/sso/backchannel-logout")
def obey_provider() -> Response:
    """OpenID Connect Back-Channel Logout 1.0: ends the sessions the signed token names."""
    known = parts().single_sign_on
    if known is None:
        raise NotFound("Nobody signs in by an organisation here.")
    said = request.form.getlist("logout_token")
    if len(said) != 1:
        return _answer(INVALID, "Send one logout_token.")
    try:
        order = read_order(known.provider, said[0], parts().clock.now())
        with parts().store.write() as tx:
            ended = obey(tx, parts().ledger, order)
    except SignOnRefused as refused:
        log.info("provider_order_refused", detail=refused.detail)
        return _answer(INVALID, "This logout_token does not hold.")
    except Conflict as again:
        return _answer(INVALID, str(again))
    except ProviderSilent:
        return _answer(LATER, "Your keys cannot be read now. Send it again.")
    log.info("provider_signed_out", sessions=ended)
    return make_response("", 200)


@pages.get(SIGNED_OUT)
def show() -> Response:
    """Where the provider sends the browser back to."""
    if session_now() is not None:
        return make_response(redirect(url_for("home.show"), 303))
    return make_response(render_template("pages/single_sign_on/signed_out.html"))


def hint_for(now: Session) -> str | None:
    """What the provider will recognise the session by, read before it ends; None when no provider began it."""
    if parts().single_sign_on is None:
        return None
    try:
        with parts().store.read() as reader:
            return hint_of(reader, parts().lobby.box, now.id)
    except Unavailable:
        return None


def on_to_provider(hint: str | None) -> Response | None:
    """A page that leads on to signing out there; None when there is nothing to lead to.

    A page and not a redirect: after a form a browser follows redirects only where our forms may go.
    """
    known = parts().single_sign_on
    if known is None or hint is None:
        return None
    address = way_out(known.provider, hint)
    page = "pages/single_sign_on/leaving.html"
    return make_response(render_template(page, address=address, provider=known.name)) if address else None


def _answer(status: int, words: str) -> Response:
    error = "invalid_request" if status == INVALID else "temporarily_unavailable"
    return make_response(jsonify(error=error, error_description=words), status)
