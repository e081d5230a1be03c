"""A person lets software use one of their live accesses: GET asks, POST answers, and the answer leads back there."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError
from flask import Blueprint, Response, make_response, redirect, render_template, request

from broker.credentials.authorizing.code import Allowed
from broker.credentials.authorizing.wanted import Wanted
from broker.credentials.clients.register import Client
from broker.credentials.tokens.assurance import Assurance
from broker.errors import Refused
from broker.web.frame.error_words import Words
from broker.web.frame.errors import error_page
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.frame.note_error import note_error
from broker.web.issuing.code_grant import CodeGrant
from broker.web.issuing.consent_page import ConsentPage, consent_page
from broker.web.issuing.fields import Fields, in_address
from broker.web.issuing.going_back import let_form_lead_to, with_answer
from broker.web.issuing.places import AUTHORIZE
from broker.web.issuing.server import SERVER
from broker.web.parts import parts

pages = Blueprint("authorize", __name__)

BAD, UNACCEPTED = 400, 422
ALLOW, DENY = "allow", "deny"
_LOST = Words(
    "This software asked in a way nobody can answer",
    "Nothing was allowed, and you are not sent on, because it is not certain who asked.",
    "Go back to the software and start again there. If it stays, tell whoever runs it.",
)


@dataclass(frozen=True)
class Asking:
    """A request whose client and way back are certain, and that asks for something it may ask for."""

    fields: Fields
    client: Client
    redirect_uri: str
    grant: CodeGrant
    wanted: Wanted | None
    scopes: frozenset[str]

    def page(self) -> ConsentPage:
        with parts().store.read() as reader:
            return consent_page(
                reader,
                parts().catalog,
                me(),
                self.client,
                redirect_uri=self.redirect_uri,
                wanted=self.wanted,
                scopes=self.scopes,
            )


@pages.get(AUTHORIZE)
@signed_in()
def ask() -> Response:
    asking = _asking()
    return asking if isinstance(asking, Response) else _show(asking, {})


@pages.post(AUTHORIZE)
@signed_in()
def answer() -> Response:
    asking = _asking()
    if isinstance(asking, Response):
        return asking
    pressed = request.form.get("answer")
    if pressed == DENY:
        return _back(asking.redirect_uri, asking.fields, AccessDeniedError())
    allowed = _allowed(asking, asking.page()) if pressed == ALLOW else None
    if allowed is None:
        return _show(asking, {"access": "Choose one of the accesses that are live now."}, UNACCEPTED)
    return SERVER.handle_response(*asking.grant.create_authorization_response(asking.redirect_uri, allowed))


def _asking() -> Asking | Response:
    try:
        fields = in_address()
    except InvalidRequestError as error:
        return _nowhere_to_go(error)
    known, redirect_uri = SERVER.query_client(fields.text("client_id")), fields.text("redirect_uri")
    if known is None or not known.check_redirect_uri(redirect_uri):
        return _nowhere_to_go(InvalidRequestError("The client or its redirect address is not known."))
    if fields.text("response_type") != "code":
        # The library's own words for this repeat what was sent, and break on some of it.
        return _back(redirect_uri, fields, OAuth2Error(error="unsupported_response_type"))
    try:
        grant: CodeGrant = SERVER.get_consent_grant(request, end_user=me())
        wanted = grant.wanted()
    except OAuth2Error as error:
        return _back(redirect_uri, fields, error)
    scopes = frozenset(fields.text("scope").split(" ")) - {""}
    return Asking(grant.request, known.client, redirect_uri, grant, wanted, scopes)


def _allowed(asking: Asking, page: ConsentPage) -> Allowed | None:
    """What the person chose, None for something that was not offered, or has ended in the meantime."""
    now = session_now()
    if now is None or now.mfa_method is None or now.mfa_at is None:
        raise Refused("Your session is over.", help="Sign in again.")
    chosen = next((each.id for each in page.accesses if each.id == request.form.get("access")), None)
    if chosen is None and not asking.scopes:
        return None
    signed_in_by = Assurance.of(now.mfa_method.value, now.mfa_at)
    return Allowed(
        client_id=asking.client.id,
        person_id=now.person.id,
        session_id=now.id,
        redirect_uri=asking.redirect_uri,
        challenge=asking.fields.text("code_challenge"),
        jkt=asking.fields.text("dpop_jkt") or None,
        grant_id=chosen,
        scopes=asking.scopes,
        acr=signed_in_by.acr,
        amr=signed_in_by.amr,
        auth_time=signed_in_by.auth_time,
    )


def _show(asking: Asking, errors: dict[str, str], status: int = 200) -> Response:
    let_form_lead_to(asking.redirect_uri)
    page, action = asking.page(), request.full_path
    body = render_template("pages/authorize/ask.html", page=page, action=action, errors=errors)
    return make_response(body, status)


def _back(redirect_uri: str, fields: Fields, error: OAuth2Error) -> Response:
    """Tell the software, by way of the person's browser."""
    note_error(error, BAD)
    said = {name: value for name, value in error.get_body() if name != "state"}
    let_form_lead_to(redirect_uri)
    return make_response(redirect(with_answer(redirect_uri, fields.text("state"), **said), 303))


def _nowhere_to_go(error: OAuth2Error) -> Response:
    # Whoever can make a broker send people anywhere makes its good name theirs.
    note_error(error, BAD)
    return error_page(BAD, _LOST)
