"""Browsers at the clinic: Flask's test client on the real wiring, signed in with real sessions."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.credentials.dpop.at_the_door import Door
from broker.credentials.dpop.nonces import Nonces
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.tokens.access_token import Mint
from broker.identity.caller import Caller
from broker.identity.factors.step_up import Method
from broker.identity.sessions import sessions
from broker.identity.signing_in.sign_in import Lobby
from broker.key_encryption.key_folder import KeyFolder
from broker.keys import open_keys
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.entry import Entry
from broker.patients.holdings import Holding
from broker.patients.register import add_patient
from broker.sealing import Seal
from broker.settings import Settings
from broker.vault.demo_record import SYNTHETIC_RECORD
from broker.vault.local_folder import LocalFolder
from broker.vault.records import store_record
from broker.vault.shelf import Shelf
from broker.web.factory import make_flask
from broker.web.parts import Parts
from tests.fakes.clinic import LEASE_SEED, POLICIES, Clinic, Member
from tests.fakes.signing_keys import KeysInMemory

BASE = "http://127.0.0.1:8000"
PATIENT = "P-7777"
# Tests call more often in a minute than anybody may.
PATIENT_WITH_TESTS: dict[str, Any] = {"api_calls_a_minute": 1_000_000}
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
SUBMISSION = re.compile(r'name="submission" value="([^"]+)"')


@dataclass
class Browser:
    """One person's browser. ``post`` carries the token of the page it got last, as a form would."""

    client: FlaskClient
    member: Member
    csrf: str = ""
    page: str = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._seen(self.client.get(path, base_url=BASE, **options))

    def post(self, path: str, fields: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self._seen(
            self.client.post(path, data={"csrf_token": self.csrf, **(fields or {})}, base_url=BASE, **options)
        )

    def code(self) -> str:
        return self.member.code().code

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            self.page = answer.get_data(as_text=True)
            found = CSRF.search(self.page)
            self.csrf = found.group(1) if found else self.csrf
        return answer


@dataclass
class Front:
    """The clinic with its pages, a recording of 200,000 bytes and a record."""

    clinic: Clinic
    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)
    app: Flask = field(init=False)
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        clinic = self.clinic
        settings = Settings(
            state_dir=self.folder, policies_path=POLICIES, **(PATIENT_WITH_TESTS | self.changes)
        )
        signing_keys = KeysInMemory()
        self._keep_lease_key(settings.keys_dir / "lease.key")
        self.parts = Parts(
            settings=settings,
            clock=clinic.clock,
            store=clinic.store,
            ledger=clinic.ledger,
            catalog=clinic.equipment.catalog,
            lobby=Lobby(clinic.store, clinic.ledger, clinic.box),
            equipment=clinic.equipment,
            shelf=Shelf(
                KeyFolder.open_or_create(self.folder / "keys" / "recordings"),
                LocalFolder(self.folder / "shelf"),
            ),
            signing_keys=signing_keys,
            link_secrets=lambda: [bytes(range(32))],
            site_seal=Seal(bytes(range(32)), "sites"),
            checkpoints=CheckpointKeeper(settings.heads_path, open_keys(settings, used_before=False).ledger),
            mint=Mint(settings.base_url, signing_keys, clinic.ledger),
            dpop_door=Door(clinic.store, Nonces([bytes(range(32))])),
            issuer_keys=IssuerKeys(clinic.clock),
        )
        self.app = make_flask(self.parts)
        self.app.config["TESTING"] = True

    def _keep_lease_key(self, path: Path) -> None:
        """The clinic's own, so that its site knows the broker by the right key."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_bytes(LEASE_SEED)

    def browser(self, member: Member, *, first_factor: bool = False) -> Browser:
        with self.clinic.store.write() as tx:
            opened = sessions.begin(tx, member.id, Caller("192.0.2.10", "A test"))
            if not first_factor:
                opened = sessions.elevate(tx, opened.token, Method.TOTP)
                facts = {"session": opened.session_id, "factor": "totp", "source": "192.0.2.10"}
                self.clinic.ledger.append(
                    tx, Entry("person.signed_in", member.id, subject=member.id, facts=facts)
                )
        client = self.app.test_client()
        client.set_cookie("session", opened.token, domain="127.0.0.1")
        return Browser(client, member)

    def stranger(self) -> Browser:
        """A browser nobody is signed in with."""
        return Browser(self.app.test_client(), self.clinic.clinician)

    def fill_shelf(self, content: bytes) -> Holding:
        """A patient ``PATIENT`` with one sealed recording, which is answered, and one sealed record."""
        clinic, shelf = self.clinic, self.parts.shelf
        with clinic.store.write() as tx:
            patient = add_patient(tx, clinic.ledger, actor="broker", clinic_ref=PATIENT)
        about: dict[str, Any] = {"actor": "broker", "patient_id": patient.id, "title": "A visit"}
        store_record(shelf, clinic.store, clinic.ledger, record=SYNTHETIC_RECORD, **about)
        return shelf.add_recording(
            clinic.store, clinic.ledger, media_type="audio/wav", source=io.BytesIO(content), **about
        )


def ask_fields(**changes: str) -> dict[str, str]:
    """What a clinician fills in, but for the code."""
    usual = {
        "patient": "P-1001",
        "entitlement": "telehealth-recording",
        "purpose": "ETREAT",
        "reason": "unresponsive",
        "note": "collapsed after the visit",
        "duration": "15",
        "path": "ordinary",
    }
    return {**usual, **changes}
