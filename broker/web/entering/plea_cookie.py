"""Which browser asked a colleague for help: only there may something new be set up afterwards."""

from __future__ import annotations

from flask import Response, request

from broker.identity.factors.change import may_begin_anew
from broker.identity.factors.lost.reset import LAPSES_AFTER, OPEN_FOR, Reset, reset_of_browser
from broker.identity.sessions.sessions import Session
from broker.store import Reader
from broker.web.frame.cookies import drop, named, put

COOKIE = "plea"


def plea_token() -> str:
    return request.cookies.get(named(COOKIE), "")


def plea_here(reader: Reader, now: Session) -> Reset | None:
    """The plea made in this browser by whoever gave the password in it; somebody else's does not exist here."""
    found = reset_of_browser(reader, plea_token()) if plea_token() else None
    return found if found is not None and found.person_id == now.person.id else None


def opens_here(reader: Reader, now: Session) -> bool:
    """Whether somebody vouched for the person in this browser, so that they may set up anew."""
    return may_begin_anew(reader, now.person, plea_here(reader, now))


def remember_plea(response: Response, token: str) -> Response:
    put(response, COOKIE, token, seconds=int((LAPSES_AFTER + OPEN_FOR).total_seconds()))
    return response


def forget_plea(response: Response) -> Response:
    drop(response, COOKIE)
    return response
