"""Which browser is calling, so that wrong tries of others do not slow it down."""

from __future__ import annotations

import hashlib

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from broker.clock import new_id
from broker.errors import Unavailable
from broker.identity.caller import Caller
from broker.identity.people import Person
from broker.identity.signing_in.known_sources import remember_source
from broker.web.frame.cookies import named, put
from broker.web.parts import parts

COOKIE = "browser"
A_YEAR = 365 * 24 * 60 * 60


def caller() -> Caller:
    """By the cookie of an earlier sign-in with both factors, otherwise by address."""
    return Caller(source=_known_browser() or request.remote_addr or "", device=_device())


def remember_browser(response: Response, person: Person) -> None:
    """After a sign-in with both factors: from now on this browser is told apart from its address."""
    browser = _known_browser() or new_id("browser")
    try:
        with parts().store.write() as tx:
            remember_source(tx, person.id, browser)
    except Unavailable:
        # The sign-in stands already; the next one remembers it.
        return
    put(response, COOKIE, _signer().dumps(browser), seconds=A_YEAR)


def _known_browser() -> str | None:
    try:
        return str(_signer().loads(request.cookies.get(named(COOKIE), "")))
    except BadSignature:
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt="browser", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _device() -> str:
    """``Firefox on Android``: what people recognise in a list of their sessions."""
    told = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return " on ".join(part for part in (browser, system) if part)


# The order matters: every browser also claims to be those below it.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
