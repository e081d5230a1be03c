"""Callers of the API: people by their session, software by its tokens, and nobody at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.credentials.clients.register import AuthMethod, GrantType, NewClient, register_client
from broker.credentials.clients.scopes import SCOPES, api_audience
from broker.credentials.tokens.issue import issue_for_person, issue_for_software
from tests.fakes.clinic import Member
from tests.fakes.front import BASE, Front


@dataclass
class Caller:
    """``get`` and ``post`` bring what this caller has: a cookie with its form token, an access token, or nothing."""

    client: FlaskClient
    member: Member | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        more = {} if body is None else {"json": body}
        return self.send("POST", path, headers=headers, **more)

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in (headers or {}).items()}}
        answer = self.client.open(f"/api/v1{path}", method=method, base_url=BASE, headers=sent, **more)
        answer.get_data()
        answer.close()
        return answer

    def code(self) -> str:
        assert self.member is not None
        return self.member.code().code


def nobody(front: Front) -> Caller:
    return Caller(front.app.test_client())


def by_session(front: Front, member: Member, *, first_factor: bool = False) -> Caller:
    """Signed in as on the pages, the form token read as software would."""
    caller = Caller(front.browser(member, first_factor=first_factor).client, member)
    if not first_factor:
        answer = caller.get("/session")
        assert answer.status_code == 200, answer.text
        caller.headers["X-CSRF-Token"] = answer.json["csrf_token"]
    return caller


def by_token(front: Front, scopes: Iterable[str], member: Member | None = None) -> Caller:
    """Software with these scopes, for itself or for ``member``."""
    text = token(front, scopes, member)
    return Caller(front.app.test_client(), member, {"Authorization": f"Bearer {text}"})


def token(
    front: Front, scopes: Iterable[str], member: Member | None = None, *, jkt: str | None = None
) -> str:
    parts, audience = front.parts, api_audience(front.parts.settings.base_url)
    with parts.store.write() as tx:
        new = NewClient(
            "Ward board",
            AuthMethod.SECRET,
            grant_types=frozenset({GrantType.CLIENT}),
            scopes=frozenset(SCOPES),
        )
        client = register_client(tx, parts.ledger, new, actor="broker").id
        about: dict[str, Any] = {"client_id": client, "audience": audience, "scopes": scopes, "jkt": jkt}
        if member is None:
            return issue_for_software(tx, parts.mint, **about).text
        known: dict[str, Any] = {"acr": None, "amr": (), "auth_time": None}
        return issue_for_person(tx, parts.mint, person_id=member.id, **about, **known).text


def asking(**changes: object) -> dict[str, object]:
    """A body for POST /requests, but for the code."""
    usual: dict[str, object] = {
        "patient": "P-1001",
        "entitlement": "telehealth-recording",
        "purpose": "ETREAT",
        "reason": "unresponsive",
        "note": "collapsed after the visit",
        "minutes": 15,
    }
    return {**usual, **changes}
