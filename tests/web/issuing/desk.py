"""Software in front of the clinic's broker, and the person who lets it in."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from werkzeug.test import TestResponse

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.credentials.clients.fitness import checked
from broker.credentials.clients.register import AuthMethod, Client, GrantType, NewClient, register_client
from broker.credentials.clients.scopes import api_audience
from broker.credentials.clients.secret import give_secret
from tests.fakes.clinic import Clinic, Member
from tests.fakes.front import BASE, Browser, Front

API = api_audience(BASE)
EHR = "https://ehr.clinic.example/fhir"
CALLBACK = "https://app.clinic.example/back"
ENTITLEMENT = "ehr-allergies-medication"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
EXCHANGE = GrantType.EXCHANGE.value


@dataclass(frozen=True)
class App:
    """A registered client and its secret, empty for one without."""

    client: Client
    secret: str

    @property
    def id(self) -> str:
        return self.client.id

    @property
    def basic(self) -> dict[str, str]:
        return {"Authorization": basic(self.id, self.secret)}


@dataclass
class Desk:
    front: Front
    who: Member = field(init=False)

    def __post_init__(self) -> None:
        self.who = self.clinic.clinician

    @property
    def clinic(self) -> Clinic:
        return self.front.clinic

    def register(self, **about: Any) -> App:
        """One that does all a confidential client may, unless said otherwise."""
        usual: dict[str, Any] = {
            "name": "The ward app",
            "auth_method": AuthMethod.SECRET,
            "redirect_uris": (CALLBACK,),
            "grant_types": frozenset(GrantType),
            "scopes": frozenset({"grants:read", "grants:end"}),
        }
        new = checked(NewClient(**{**usual, **about}))
        with self.clinic.store.write() as tx:
            client = register_client(tx, self.clinic.ledger, new, actor="broker")
            has_secret = client.auth_method is AuthMethod.SECRET
            secret = give_secret(tx, self.clinic.ledger, client.id, actor="broker") if has_secret else ""
        return App(client, secret)

    def public(self, **about: Any) -> App:
        grants = frozenset({GrantType.CODE})
        return self.register(auth_method=AuthMethod.NONE, grant_types=grants, **about)

    def resource_server(self, audience: str = EHR) -> App:
        return self.register(
            name="The EHR", redirect_uris=(), grant_types=frozenset(), scopes=frozenset(), audience=audience
        )

    def grant(self, **asked: Any) -> Grant:
        """A live access of the clinician's of which software gets tokens."""
        request = self.clinic.ask(entitlement=ENTITLEMENT, **asked).request
        grant = self.clinic.approve(request.id).grant
        assert grant is not None
        return activate(self.clinic.equipment, grant.id)

    def post(
        self, path: str, fields: Any = None, app: App | None = None, headers: Any = None, **options: Any
    ) -> TestResponse:
        """As software posts: no cookie, its secret in the header."""
        sent = {**(app.basic if app and app.secret else {}), **(headers or {})}
        return self.front.app.test_client().post(
            path, data=fields or {}, headers=sent, base_url=BASE, **options
        )

    def get(self, path: str) -> TestResponse:
        return self.front.app.test_client().get(path, base_url=BASE)

    def token(self, app: App, headers: Any = None, **fields: str) -> TestResponse:
        named = {} if app.secret else {"client_id": app.id}
        return self.post("/oauth/token", {**named, **fields}, app, headers)

    def exchange_code(self, app: App, code: str, **changes: Any) -> TestResponse:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.token(app, **{**fields, "code_verifier": VERIFIER, **changes})

    def introspect(self, app: App, token: str) -> dict[str, Any]:
        answer = self.post("/oauth/introspect", {"token": token}, app)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        return said

    def address(self, app: App, **changes: str) -> str:
        usual = {
            "response_type": "code",
            "client_id": app.id,
            "redirect_uri": CALLBACK,
            "state": "s-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        fields = {name: value for name, value in {**usual, **changes}.items() if value}
        return f"/oauth/authorize?{urlencode(fields)}"

    def browser(self, who: Member | None = None) -> Browser:
        return self.front.browser(who or self.who)

    def allow(self, app: App, grant: Grant | None = None, *, press: str = "allow", **changes: str) -> str:
        """The address the clinician's browser is sent to after pressing a button."""
        browser, address = self.browser(), self.address(app, **changes)
        assert browser.get(address).status_code == 200, browser.page
        fields = {"answer": press, **({"access": grant.id} if grant else {})}
        answer = browser.post(address, fields)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def code(self, app: App, grant: Grant | None = None, **changes: str) -> str:
        return said_in(self.allow(app, grant, **changes))["code"]

    def issued(self, app: App, grant: Grant | None = None, **changes: str) -> dict[str, Any]:
        """A token by the whole way through the browser."""
        answer = self.exchange_code(app, self.code(app, grant, **changes))
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        return said


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def said_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def details(**said: Any) -> str:
    return json.dumps([{"type": "emergency_access", **said}])


def claims(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    payload = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return read
