"""A small clinic for tests: real store, ledger, policy, people and codes; the site alone is a fake."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from broker.access.ask import Asked, ask
from broker.access.decide import Decided, SessionFactor, Verdict, decide
from broker.access.equipment import Equipment, TypedCode
from broker.access.grant import Cause, Grant
from broker.access.plan import AskForm
from broker.access.take_back import end
from broker.adapters.lease import LeaseSigner
from broker.adapters.pairing import pairing_text, read_pairing
from broker.clock import SettableClock, new_id
from broker.identity.caller import Caller
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment
from broker.identity.factors.passkeys.confirm import PasskeyDesk, confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.step_up import Action, Method, Proof, confirm
from broker.identity.people import Person, Role, add_person, by_id
from broker.identity.secret_box import SecretBox
from broker.identity.sessions import sessions
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.read import entries_after
from broker.ledger.tables import ledger_entries
from broker.notes.note_box import NoteBox
from broker.patients.holdings import Holding, HoldingKind, add_holding, new_holding_id
from broker.patients.register import Patient, add_patient
from broker.policy.decision import Path as Way
from broker.policy.load import load_catalog
from broker.sites.register import Site, add_site, link_account, newest_version
from broker.store import Store, Transaction
from tests.fakes.site import FakeSite
from tests.fakes.soft_passkey import ORIGIN, PARTY

POLICIES = Path(__file__).resolve().parents[2] / "policies"
ISSUER = "test-broker"
LEASE_SEED = bytes(range(32))


@dataclass
class Member:
    """A person and the phone that shows their codes."""

    person: Person
    secret: str
    clock: SettableClock

    @property
    def id(self) -> str:
        return self.person.id

    def code(self) -> TypedCode:
        """A code nobody has used: the clock is turned to the next step first."""
        self.clock.advance(seconds=30)
        return TypedCode(pyotp.TOTP(self.secret).at(self.clock.wall()), "192.0.2.10")

    @property
    def fresh(self) -> SessionFactor:
        return SessionFactor("totp", self.clock.now())


@dataclass
class Clinic:
    """Everything wired as in the product, but for the site."""

    store: Store
    clock: SettableClock
    ledger: Ledger = field(default_factory=Ledger)
    box: SecretBox = field(default_factory=lambda: SecretBox(bytes(range(32))))

    notes: NoteBox = field(default_factory=lambda: NoteBox(bytes(range(32))))

    def __post_init__(self) -> None:
        signer = LeaseSigner(Ed25519PrivateKey.from_private_bytes(LEASE_SEED), ISSUER)
        pairing = read_pairing(pairing_text("clinic", ISSUER, [signer.public_jwk]))
        self.site = FakeSite(pairing, self.clock, told=self._newest_version)
        self.equipment = Equipment(
            store=self.store,
            ledger=self.ledger,
            catalog=load_catalog(POLICIES),
            check_factor=self._check_factor,
            lease_signer=signer,
            adapter_for=lambda _site: self.site,
            notes=self.notes,
        )
        self.clinician = self.join("clinician", Role.CLINICIAN)
        self.approver = self.join("approver", Role.APPROVER)
        self.second_approver = self.join("second-approver", Role.APPROVER)
        self.reviewer = self.join("reviewer", Role.REVIEWER)
        self.admin = self.join("admin", Role.ADMIN)
        self.patient = self.admit("P-1001", "general")
        self.restricted = self.admit("P-2002", "restricted")
        self._connect_site()

    def _newest_version(self) -> int:
        with self.store.read() as reader:
            return newest_version(reader, "clinic")

    def join(self, name: str, *roles: Role) -> Member:
        with self.store.write() as tx:
            email = f"{name}@clinic.example"
            person = add_person(tx, self.ledger, email=email, name=name, roles=roles, actor="broker")
            secret = begin_enrolment(tx, self.box, person.id).secret.replace(" ", "")
            code = pyotp.TOTP(secret).at(self.clock.wall())
            confirm_enrolment(tx, self.ledger, self.box, person.id, code, wall=self.clock.wall())
            return Member(by_id(tx, person.id), secret, self.clock)

    def admit(self, ref: str, compartment: str) -> Patient:
        with self.store.write() as tx:
            patient = add_patient(tx, self.ledger, actor="broker", clinic_ref=ref, compartment=compartment)
            for kind in HoldingKind:
                held = Holding(new_holding_id(kind), patient.id, kind, f"A {kind}", "audio/wav", tx.at)
                add_holding(tx, held)
            return patient

    def form(self, **changes: object) -> AskForm:
        usual: dict[str, object] = {
            "submission": new_id("form"),
            "patient_ref": "P-1001",
            "entitlement": "telehealth-recording",
            "purpose": "ETREAT",
            "reason": "unresponsive",
            "note": "collapsed after the visit",
            "duration": timedelta(minutes=15),
        }
        return AskForm(**{**usual, **changes})  # type: ignore[arg-type]

    def ask(self, **changes: object) -> Asked:
        return ask(self.equipment, self.clinician.person, self.form(**changes), self.clinician.code())

    def break_glass(self, **changes: object) -> Asked:
        return self.ask(path=Way.BREAK_GLASS, **changes)

    def approve(self, request_id: str, by: Member | None = None) -> Decided:
        who = by or self.approver
        return decide(self.equipment, who.person, request_id, Verdict.APPROVE, "", who.fresh)

    def end(self, grant_id: str) -> Grant:
        return end(self.equipment, grant_id, Cause.HANDED_BACK, actor=self.clinician.id)

    def sign_in(self, tx: Transaction, member: Member) -> str:
        """A session with a second factor; its id."""
        opened = sessions.begin(tx, member.id, Caller("192.0.2.10", "A test"))
        return sessions.elevate(tx, opened.token, Method.TOTP).session_id

    def events(self) -> list[str]:
        with self.store.read() as reader:
            return [
                row.event for row in reader.all(select(ledger_entries.c.event).order_by(ledger_entries.c.seq))
            ]

    def entries(self, event: str) -> list[Entry]:
        """What was written down of this kind, oldest first."""
        with self.store.read() as reader:
            return [each.entry for each in entries_after(reader, 0, 10_000) if each.entry.event == event]

    def _check_factor(
        self, tx: Transaction, person_id: str, typed: TypedCode, action: Action
    ) -> Proof | Refusal:
        if typed.passkey:
            desk = PasskeyDesk(self.ledger, self.box, RelyingParty(PARTY, ORIGIN))
            return confirm_by_passkey(tx, desk, person_id, typed.passkey, action, source=typed.source)
        return confirm(
            tx,
            self.ledger,
            self.box,
            person_id,
            typed.code,
            action,
            wall=self.clock.wall(),
            source=typed.source,
        )

    def _connect_site(self) -> None:
        with self.store.write() as tx:
            site = Site("clinic", "fake", "The clinic", "https://clinic.example", False, tx.at)
            add_site(tx, self.ledger, site, actor=self.admin.id)
            link_account(tx, self.ledger, "clinic", self.clinician.id, "dr-on-call", actor=self.admin.id)
