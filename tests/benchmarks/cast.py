"""The people, the recording and the running access that the HTTP measurements need."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import insert

from broker.access.activate import activate
from broker.access.ask import ask
from broker.access.decide import SessionFactor, Verdict, decide
from broker.access.equipment import TypedCode
from broker.access.grant import Grant, grant_is_effective
from broker.access.plan import AskForm
from broker.clock import new_id
from broker.credentials.links.hand_out import hand_out
from broker.credentials.links.links import exchange
from broker.credentials.links.viewings import OpenedViewing
from broker.identity.caller import Caller
from broker.identity.factors import totp
from broker.identity.factors.step_up import Method
from broker.identity.people import Person, Role, add_person, by_id
from broker.identity.sessions import sessions
from broker.identity.tables import totp_factors
from broker.patients.register import add_patient
from broker.web.parts import Parts

PATIENT = "P-1001"
HERE = Caller("192.0.2.10", "A benchmark")


@dataclass(frozen=True)
class Actor:
    """Somebody signed in with both factors; ``token`` is the session cookie's value."""

    person: Person
    secret: str
    token: str

    def code(self, parts: Parts) -> str:
        """A code for now. Each is taken once, so one person can ask once in half a minute."""
        return pyotp.TOTP(self.secret).at(parts.clock.wall())


@dataclass(frozen=True)
class Showing:
    """A recording being watched: the viewer, the viewing and the cookie that holds it."""

    viewer: Actor
    opened: OpenedViewing

    @property
    def path(self) -> str:
        return f"/watch/{self.opened.viewing.link_id}"

    @property
    def cookies(self) -> str:
        return f"session={self.viewer.token}; viewing={self.opened.cookie_value}"


def join(parts: Parts, name: str, *roles: Role) -> Actor:
    """Straight into the tables: enrolling hashes ten recovery codes, which takes its time on purpose."""
    secret = pyotp.random_base32()
    with parts.store.write() as tx:
        email = f"{name}@clinic.example"
        person = add_person(tx, parts.ledger, email=email, name=name, roles=roles, actor="benchmark")
        sealed = parts.lobby.box.seal(secret.encode(), totp.sealed_about(person.id))
        tx.execute(insert(totp_factors).values(person_id=person.id, sealed=sealed, enrolled_at=tx.at))
        opened = sessions.elevate(tx, sessions.begin(tx, person.id, HERE).token, Method.TOTP)
        return Actor(by_id(tx, person.id), secret, opened.token)


def admit(parts: Parts, recording: bytes) -> str:
    """A patient with one recording; answers the recording's id."""
    with parts.store.write() as tx:
        patient = add_patient(tx, parts.ledger, actor="benchmark", clinic_ref=PATIENT)
    return parts.shelf.add_recording(
        parts.store,
        parts.ledger,
        actor="benchmark",
        patient_id=patient.id,
        title="A visit",
        media_type="audio/wav",
        source=io.BytesIO(recording),
    ).id


def noise(size: int) -> bytes:
    """The same bytes every time."""
    return random.Random(size).randbytes(size)


def show(parts: Parts, viewer: Actor, approver: Actor, recording: str) -> Showing:
    """Ask, approve, activate, hand out and exchange, by the product's own verbs."""
    grant = approved(parts, approver, asked(parts, viewer, "telehealth-recording"))
    about = (parts.store, parts.ledger, parts.link_signer)
    token = hand_out(*about, viewer.person, grant.id, recording)
    opened = exchange(*about, token=token, person_id=viewer.person.id, grant_is_effective=grant_is_effective)
    return Showing(viewer, opened)


def asked(parts: Parts, person: Actor, entitlement: str) -> str:
    """A request that waits for an approver; answers its id."""
    form = AskForm(
        submission=new_id("form"),
        patient_ref=PATIENT,
        entitlement=entitlement,
        purpose="ETREAT",
        reason="unresponsive",
        note="",
        duration=timedelta(hours=1),
    )
    return ask(parts.equipment, person.person, form, TypedCode(person.code(parts), HERE.source)).request.id


def approved(parts: Parts, approver: Actor, request_id: str) -> Grant:
    """Approve it and make its grant usable, as the decision page does."""
    fresh = SessionFactor("totp", parts.clock.now())
    grant = decide(parts.equipment, approver.person, request_id, Verdict.APPROVE, "", fresh).grant
    assert grant is not None
    return activate(parts.equipment, grant.id)
