"""A ward whose broker is served: people with live access, and software that wants to use it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from broker.access.activate import activate
from broker.access.ask import ask
from broker.access.decide import SessionFactor, Verdict, decide
from broker.access.grant import Grant
from broker.access.hand_back import hand_back
from broker.access.plan import AskForm
from broker.clock import new_id
from broker.credentials.clients.fitness import checked
from broker.credentials.clients.register import AuthMethod, Client, GrantType, NewClient, register_client
from broker.credentials.clients.secret import give_secret
from broker.credentials.exchange.issuers import TrustedIssuer, add_issuer
from broker.identity.people import Role
from tests.browser.demo_broker import DemoBroker, Member
from tests.cli.visitor import Visitor

BACK = "https://app.clinic.example/back"
EHR = "https://ehr.clinic.example/fhir"
ENTITLEMENT = "ehr-allergies-medication"


@dataclass(frozen=True)
class Software:
    client: Client
    secret: str

    @property
    def id(self) -> str:
        return self.client.id


class Ward:
    def __init__(self, broker: DemoBroker) -> None:
        self.broker = broker
        self.clinician = broker.join(Role.CLINICIAN)
        self.approver = broker.join(Role.APPROVER)

    @property
    def url(self) -> str:
        return self.broker.url

    def register(self, **about: Any) -> Software:
        usual: dict[str, Any] = {
            "name": "The ward app",
            "auth_method": AuthMethod.SECRET,
            "redirect_uris": (BACK,),
            "grant_types": frozenset(GrantType),
            "scopes": frozenset({"grants:read"}),
        }
        parts = self.broker.parts
        with parts.store.write() as tx:
            new = checked(NewClient(**{**usual, **about}))
            client = register_client(tx, parts.ledger, new, actor="demo")
            has_secret = client.auth_method is AuthMethod.SECRET
            secret = give_secret(tx, parts.ledger, client.id, actor="demo") if has_secret else ""
        return Software(client, secret)

    def trust(self, software: Software, **about: Any) -> TrustedIssuer:
        usual: dict[str, Any] = {
            "issuer": "https://login.ehr.clinic.example",
            "client_id": software.id,
            "audience": "ehr-front",
            "jwks_url": None,
            "jwks": None,
            "person_claim": "email",
            "max_age": timedelta(minutes=10),
        }
        trusted = TrustedIssuer(**{**usual, **about})
        with self.broker.parts.store.write() as tx:
            add_issuer(tx, self.broker.parts.ledger, trusted, actor="demo")
        return trusted

    def grant(self, holder: Member | None = None) -> Grant:
        """A live access of the clinician's of which software gets tokens."""
        equipment, who = self.broker.parts.equipment, holder or self.clinician
        form = AskForm(
            submission=new_id("form"),
            patient_ref="P-1001",
            entitlement=ENTITLEMENT,
            purpose="ETREAT",
            reason="unresponsive",
            note="",
            duration=timedelta(minutes=15),
        )
        asked = ask(equipment, who.person, form, who.typed())
        fresh = SessionFactor("totp", self.broker.parts.clock.now())
        decided = decide(equipment, self.approver.person, asked.request.id, Verdict.APPROVE, "", fresh)
        assert decided.grant is not None
        return activate(equipment, decided.grant.id)

    def end(self, grant: Grant, holder: Member | None = None) -> None:
        hand_back(self.broker.parts.equipment, (holder or self.clinician).person, grant.id)

    def walk(self, address: str, *, press: str = "allow", holder: Member | None = None) -> str:
        """The address the clinician's browser is sent back to; nobody listens there."""
        visitor = Visitor(self.url)
        visitor.session.cookies.set("session", (holder or self.clinician).token())
        page = visitor.get(address)
        assert page.status_code == 200, page.text
        fields = _hidden(page)
        answer = visitor.session.post(
            address, data={**fields, "answer": press}, allow_redirects=False, timeout=20
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]


def _hidden(page: requests.Response) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf_token|access)" value="([^"]+)"', page.text))
