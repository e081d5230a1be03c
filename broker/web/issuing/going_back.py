"""The way back to software: an address it registered, with an answer in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from flask import g

from broker.web.parts import parts


def with_answer(redirect_uri: str, state: str, **answer: str) -> str:
    """``redirect_uri`` with the answer, the software's ``state`` and who answers (RFC 9207), refusals included."""
    said = {**answer, "state": state, "iss": parts().mint.issuer}
    return str(add_params_to_uri(redirect_uri, [(name, value) for name, value in said.items() if value]))


def let_form_lead_to(redirect_uri: str) -> None:
    """Browsers hold the redirect that answers a form to the page's own policy: let it name this one place."""
    g.forms_lead_to = _source(redirect_uri)


def _source(redirect_uri: str) -> str:
    parsed = urlsplit(redirect_uri)
    # A policy has no words for an app's own scheme but the scheme, nor for an IPv6 address.
    if parsed.scheme not in {"http", "https"} or ":" in (parsed.hostname or ""):
        return f"{parsed.scheme}:"
    return f"{parsed.scheme}://{parsed.netloc}"
