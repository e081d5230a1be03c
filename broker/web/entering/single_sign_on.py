"""To the organisation's provider, and back from there signed in."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import NotFound
from broker.identity.factors.step_up import Method
from broker.identity.single_sign_on.coming_in.admit import Admitted
from broker.identity.single_sign_on.provider.registration import CALLBACK
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused, Why
from broker.identity.single_sign_on.single_sign_on import SingleSignOn
from broker.web.entering.attempt_cookie import forget_attempt, keep_attempt, kept_attempt
from broker.web.frame.browser import caller, remember_browser
from broker.web.frame.guard import first_factor_opens, open_session, session_now
from broker.web.frame.own_path import own_path
from broker.web.parts import parts

pages = Blueprint("single_sign_on", __name__)
log = structlog.get_logger("broker.web")

FORBIDDEN, UNREACHABLE = 403, 503
# Where one says that everything one confirms with is lost: begun as after a password, however one came in.
LOST = "lost.show"
_ELSEWHERE = {"cross-site", "same-site"}


@pages.app_context_processor
def ways_in() -> dict[str, Any]:
    """For the sign-in page: the provider's name, empty where there is none, and whether everybody has an account."""
    known = parts().single_sign_on
    return {
        "provider_name": known.name if known else "",
        "local_accounts": parts().catalog.sign_in.local_accounts,
        "came_by_provider": _came_by_provider,
    }


@pages.get("/sso/begin")
def begin() -> Response:
    """Leads to the provider. Nothing is kept of it but in this browser."""
    wanted = own_path(request.args.get("next"))
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
        # Nobody is signed in because another site sent their browser here: they press the button themselves.
        return _to(url_for("sign_in.ask_password", next=wanted))
    try:
        address, attempt = _known().begin(wanted)
    except ProviderSilent as silent:
        return _turned_away(silent, wanted)
    response = make_response(redirect(address, 303))
    keep_attempt(response, attempt)
    return response


@pages.get(CALLBACK)
def come_back() -> Response:
    """A GET, because the provider sends the browser here: it does something for the browser that left, once."""
    known, attempt = _known(), kept_attempt()
    if attempt is None:
        # The way back in the browser's history, after everything went well.
        now = session_now()
        over = now is None or now.mfa_at is None
        return _turned_away(SignOnRefused(Why.STALE), own_path(None)) if over else _to(own_path(None))
    wanted = own_path(attempt.wanted)
    try:
        admitted = known.finish(
            parts().lobby, caller(), attempt, request.args, may_elevate=wanted != url_for(LOST)
        )
    except (SignOnRefused, ProviderSilent) as error:
        return forget_attempt(_turned_away(error, wanted))
    return forget_attempt(_come_in(admitted, wanted))


def _come_in(admitted: Admitted, wanted: str) -> Response:
    response = _to(_next_step(admitted, wanted))
    open_session(response, admitted.opened, admitted.person)
    if admitted.elevated:
        remember_browser(response, admitted.person)
    return response


def _next_step(admitted: Admitted, wanted: str) -> str:
    if not admitted.person.has_factor:
        # However strong the provider's word is: what they do here is confirmed with a factor of their own.
        return url_for("factor.show", next=wanted)
    if admitted.elevated or first_factor_opens(wanted):
        return wanted
    return url_for("sign_in.ask_code", next=wanted)


def _came_by_provider() -> bool:
    now = session_now()
    return now is not None and now.mfa_method is Method.SSO


def _known() -> SingleSignOn:
    known = parts().single_sign_on
    if known is None:
        raise NotFound(
            "Nobody signs in by an organisation here.", help="Sign in with your email and password."
        )
    return known


def _turned_away(error: SignOnRefused | ProviderSilent, wanted: str) -> Response:
    why = error.why.value if isinstance(error, SignOnRefused) else "silent"
    log.info("single_sign_on_refused", why=why, detail=error.detail)
    subject = error.subject if isinstance(error, SignOnRefused) else ""
    page = render_template("pages/single_sign_on/refused.html", error=error, subject=subject, next=wanted)
    return make_response(page, FORBIDDEN if isinstance(error, SignOnRefused) else UNREACHABLE)


def _to(address: str) -> Response:
    return make_response(redirect(address, 303))
