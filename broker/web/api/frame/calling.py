"""Who calls: a person by the session of the pages, or software by an access token; never both."""

from __future__ import annotations

from flask import request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from broker.web.api.frame.by_token import by_token
from broker.web.api.frame.call import Who
from broker.web.api.frame.operation import Door
from broker.web.frame.guard import session_now
from broker.web.frame.problems import Stopped

CSRF_HEADER = "X-CSRF-Token"


def who_calls() -> Who:
    """Stopped with 401 for nobody. Whoever sends a token is asked for nothing but the token."""
    if "Authorization" in request.headers:
        return by_token()
    now = session_now()
    if now is None:
        raise Stopped("not-signed-in", headers={"WWW-Authenticate": "Bearer, DPoP"})
    if now.mfa_at is None:
        raise Stopped("second-factor-missing", headers={"WWW-Authenticate": "Bearer, DPoP"})
    return Who(now.person, session=now)


def let_in(door: Door, who: Who) -> None:
    """Stopped with 403 for whoever this door is not for."""
    if who.token is not None:
        _let_token_in(door, who)
    if who.person is not None and door.roles and not door.roles & who.person.roles:
        raise Stopped("not-allowed")


def check_csrf() -> None:
    """A call with a cookie that changes something shows that it comes from somebody who could read our answers."""
    try:
        validate_csrf(request.headers.get(CSRF_HEADER))
    except ValidationError:
        raise Stopped("csrf-token") from None


def csrf_token() -> str:
    return str(generate_csrf())


def _let_token_in(door: Door, who: Who) -> None:
    held = who.token.scopes if who.token else frozenset()
    if door.anybody:
        return
    if door.scope is None or door.scope not in held:
        wanted = f' error="insufficient_scope", scope="{door.scope}"' if door.scope else ""
        raise Stopped("not-allowed", headers={"WWW-Authenticate": f"Bearer{wanted}"})
    if who.person is None and not door.software:
        raise Stopped("needs-a-person")
