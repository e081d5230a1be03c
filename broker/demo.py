"""What a demo shows: four people, two patients, a recording and records. Never beside real data."""

from __future__ import annotations

import io
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp

from broker.errors import Refused
from broker.identity.factors.demo_code import CurrentCode, current_code
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment
from broker.identity.people import Role, add_person, by_email, everyone
from broker.identity.signing_in.passwords import hash_password, keep_hash
from broker.patients.holdings import HoldingKind, holdings_of
from broker.patients.register import Patient, add_patient, find_patient
from broker.store import Transaction
from broker.vault.demo_record import SYNTHETIC_RECORD
from broker.vault.demo_recording import MEDIA_TYPE, make_wav
from broker.vault.records import store_record
from broker.web.parts import Parts

DOMAIN = "demo.example"
ACTOR = "demo"
PEOPLE = tuple(Role)
PATIENT, RESTRICTED_PATIENT = "P-1001", "P-2002"


@dataclass(frozen=True)
class DemoPerson:
    email: str
    role: Role


def demo_people() -> tuple[DemoPerson, ...]:
    return tuple(DemoPerson(f"{role}@{DOMAIN}", role) for role in PEOPLE)


def seed(parts: Parts, password: str) -> None:
    """Fill an empty broker; a seeded one is left as it is. Refused when it holds anybody else."""
    with parts.store.read() as reader:
        there = {person.email for person in everyone(reader)}
    if any(not email.endswith(f"@{DOMAIN}") for email in there):
        raise Refused(
            "This broker holds people who are not of the demo, so no demo is started in it.",
            help="Choose an empty folder with BROKER_STATE_DIR.",
        )
    if {each.email for each in demo_people()} <= there:
        return
    # The people come last and at once: a demo that was interrupted before goes on where it was.
    _fill_shelf(parts)
    hashed = hash_password(password)
    with parts.store.write() as tx:
        for person in demo_people():
            _join(tx, parts, person, hashed)


def usable_code(parts: Parts, email: str) -> CurrentCode | timedelta:
    """A code that would be taken now, or how long until there is one. Refused outside a demo."""
    if not parts.settings.demo or not email.endswith(f"@{DOMAIN}"):
        raise Refused("Codes are printed for the demo's own people only.", help="Start one with: make demo")
    with parts.store.read() as reader:
        person = by_email(reader, email)
        return current_code(reader, parts.lobby.box, person.id if person else "", parts.clock.wall())


def kept_password(path: Path, wanted: str | None) -> str:
    """The demo's password: ``wanted``, the one in ``path``, or a new one; kept there for the next start."""
    if wanted is None and path.exists():
        return path.read_text().strip()
    password = wanted or "-".join(secrets.token_hex(2) for _ in range(4))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password + "\n")
    return password


def set_passwords(parts: Parts, password: str) -> None:
    """Give every demo person ``password``, for a demo started again with another one."""
    hashed = hash_password(password)
    with parts.store.write() as tx:
        for demo in demo_people():
            person = by_email(tx, demo.email)
            if person is not None:
                keep_hash(tx, person.id, hashed)


def _join(tx: Transaction, parts: Parts, demo: DemoPerson, hashed: str) -> None:
    name = f"Demo {demo.role}"
    person = add_person(tx, parts.ledger, email=demo.email, name=name, roles=[demo.role], actor=ACTOR)
    keep_hash(tx, person.id, hashed)
    box, wall = parts.lobby.box, parts.clock.wall()
    secret = begin_enrolment(tx, box, person.id).secret.replace(" ", "")
    # The code of the step before, so that the present one is still there to sign in with.
    code = pyotp.TOTP(secret).at(wall, counter_offset=-1)
    confirm_enrolment(tx, parts.ledger, box, person.id, code, wall=wall)


def _fill_shelf(parts: Parts) -> None:
    for clinic_ref, compartment in ((PATIENT, "general"), (RESTRICTED_PATIENT, "restricted")):
        patient = _patient(parts, clinic_ref, compartment)
        about: dict[str, Any] = {"actor": ACTOR, "patient_id": patient.id}
        if not _has(parts, patient, HoldingKind.RECORD):
            store_record(
                parts.shelf,
                parts.store,
                parts.ledger,
                title="Summary record",
                record=SYNTHETIC_RECORD,
                **about,
            )
        if clinic_ref == PATIENT and not _has(parts, patient, HoldingKind.RECORDING):
            parts.shelf.add_recording(
                parts.store,
                parts.ledger,
                title="Video visit, sound only",
                media_type=MEDIA_TYPE,
                source=io.BytesIO(make_wav()),
                **about,
            )


def _patient(parts: Parts, clinic_ref: str, compartment: str) -> Patient:
    with parts.store.write() as tx:
        return find_patient(tx, clinic_ref) or add_patient(
            tx, parts.ledger, actor=ACTOR, clinic_ref=clinic_ref, compartment=compartment
        )


def _has(parts: Parts, patient: Patient, kind: HoldingKind) -> bool:
    with parts.store.read() as reader:
        return bool(holdings_of(reader, patient.id, kind))
