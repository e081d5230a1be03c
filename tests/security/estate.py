"""Real ids behind every rule of the URL map, and a look at the whole database at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.clock import new_id
from broker.credentials.signals.receivers import new_receiver, register
from broker.feeds.feed import Feed, Kind
from broker.feeds.formats.choose import Format
from broker.feeds.register import add_feed, new_feed_id
from broker.identity.caller import Caller
from broker.identity.factors.lost.ask_help import ask_help
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.people import Role, by_id
from broker.retention.before_time import ask_erasure
from broker.retention.hold import place_hold
from broker.retention.thing import Thing, ThingKind
from broker.review.history.filters import Filters
from broker.review.history.views.kept import keep_view
from broker.review.oddities.tables import oddities
from broker.revocation.reconcile.drift import Drift, DriftKind
from broker.revocation.reconcile.open_drifts import open_drift, open_drifts
from broker.store import metadata
from broker.web.factory import SOFTWARE
from tests.fakes.clinic import Member
from tests.fakes.front import BASE, PATIENT, Browser, Front

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_LINK = re.compile(r"/links/([\w.~-]+)")


@dataclass
class Estate:
    """One clinician with live access that owes a review, a viewing, a link not used yet, and a waiting request."""

    front: Front
    holder: Browser = field(init=False)
    grant: Grant = field(init=False)
    names: dict[str, str] = field(init=False)
    members: dict[str, Member] = field(init=False)

    def __post_init__(self) -> None:
        clinic, holding = self.front.clinic, self.front.fill_shelf(bytes(200_000))
        issued = clinic.break_glass(patient_ref=PATIENT).grant
        assert issued is not None
        self.grant = activate(clinic.equipment, issued.id)
        waiting = clinic.ask().request
        self.holder = self.front.browser(clinic.clinician)
        self.holder.get(f"/grants/{self.grant.id}")
        opened = self.holder.post(f"/grants/{self.grant.id}/open", {"holding": holding.id})
        self.holder.post(f"/grants/{self.grant.id}/link", {"holding": holding.id})
        link = _LINK.search(self.holder.page)
        assert link
        self.names = {
            "grant_id": self.grant.id,
            "request_id": waiting.id,
            "viewing_id": opened.location.rsplit("/", 1)[1],
            "token": link.group(1),
            "session_id": self._a_session(),
            "site_id": "clinic",
            "person_id": clinic.clinician.id,
            "drift_id": self._a_drift(),
            "receiver_id": self._a_receiver(),
            "hold_id": self._a_hold(),
            "erasure_id": self._an_erasure(),
            "thing_id": "any",
            "feed_id": self._a_feed(),
            "seq": "1",
            "entry": "1",
            "passkey_id": self._a_passkey(),
            "filename": "broker.css",
            "name": "not-found",
            "oddity_id": self._an_oddity(),
            "view_id": self._a_view(),
        }
        self.members = {
            "clinician": clinic.clinician,
            "approver": clinic.approver,
            "reviewer": clinic.reviewer,
            "admin": clinic.admin,
            "other clinician": clinic.join("other-clinician", Role.CLINICIAN),
        }
        self.names["plea_id"] = self._a_plea()

    def rules(self, method: str) -> Iterator[Rule]:
        """Every rule that answers ``method``."""
        yield from (rule for rule in self.front.app.url_map.iter_rules() if method in (rule.methods or ()))

    def pages(self, method: str) -> Iterator[Rule]:
        """The same without what software calls: no form is there, and nobody is sent to sign in."""
        software = {family.name for family in SOFTWARE}
        yield from (rule for rule in self.rules(method) if rule.endpoint.split(".")[0] not in software)

    def address(self, rule: Rule) -> str:
        """The rule's path with ids of things that are there."""
        built = rule.build({name: self.names[name] for name in rule.arguments})
        assert built is not None
        return built[1]

    def browser(self, name: str, *, first_factor: bool = False) -> Browser:
        """``nobody``, or one of ``members``."""
        if name == "nobody":
            return self.front.stranger()
        browser = self.front.browser(self.members[name], first_factor=first_factor)
        browser.get("/requests/new" if first_factor else "/sessions")
        return browser

    def send(self, browser: Browser, method: str, path: str, **options: Any) -> TestResponse:
        """Exactly this, with nothing added, read to its end."""
        answer = browser.client.open(path, method=method, base_url=BASE, **options)
        answer.get_data()
        answer.close()
        return answer

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, but for when a session was last seen."""
        with self.front.clinic.store.read() as reader:
            return {
                table.name: sorted((tuple(row) for row in reader.all(select(*_columns(table)))), key=repr)
                for table in metadata.sorted_tables
            }

    def _a_drift(self) -> str:
        clinic, drift = self.front.clinic, Drift(DriftKind.CLOCK_OFF, "", "It is off.", "Set it.")
        with clinic.store.write() as tx:
            open_drift(tx, clinic.ledger, "clinic", drift)
            return open_drifts(tx)[0].id

    def _a_hold(self) -> str:
        held = Thing(ThingKind.GRANT, self.grant.id)
        return place_hold(self.front.clinic.equipment, "broker", held, "case 17").id

    def _an_erasure(self) -> str:
        thing = Thing(ThingKind.REQUEST, self.grant.request_id)
        return ask_erasure(self.front.clinic.equipment, "broker", thing, "request 5").id

    def _a_receiver(self) -> str:
        """At an address the broker would never call."""
        parts = self.front.parts
        with parts.store.write() as tx:
            new = new_receiver("The portal", "https://127.0.0.1:9/events", audience="portal", at=tx.at)
            about = {"authorization": "", "actor": "broker"}
            return register(tx, parts.ledger, parts.site_seal, new, **about).id

    def _a_feed(self) -> str:
        """Into a file of the test's own, so that trying it calls nobody."""
        parts, target = self.front.parts, str(self.front.folder / "feed.jsonl")
        with parts.store.write() as tx:
            new = Feed(new_feed_id(), "The SIEM", Kind.FILE, Format.LEDGER, target, tx.at)
            return add_feed(tx, parts.ledger, parts.site_seal, new, {}, actor="broker").id

    def _an_oddity(self) -> str:
        row = {"id": new_id("odd"), "signal": "never_used", "person_id": self.front.clinic.clinician.id}
        rest = {"other_id": "", "rows": [self.grant.id], "facts": {"count": 1, "of": 1}}
        with self.front.clinic.store.write() as tx:
            tx.execute(insert(oddities).values(**row, **rest, found_at=tx.at, newest_at=self.grant.issued_at))
        return row["id"]

    def _a_passkey(self) -> str:
        """The holder's; its device is at home."""
        row = {"id": new_id("passkey"), "person_id": self.front.clinic.clinician.id, "name": "Ward phone"}
        digest, raw = "0" * 64, b"at home"
        about = {"credential_digest": digest, "credential_id": raw, "public_key": raw, "mark": digest}
        with self.front.clinic.store.write() as tx:
            made = {"sign_count": 0, "transports": [], "aaguid": "", "backed_up": False, "made_at": tx.at}
            tx.execute(insert(passkeys).values(**row, **about, **made))
        return row["id"]

    def _a_view(self) -> str:
        """Shown to nobody but the reviewer who keeps it."""
        parts, reviewer = self.front.parts, self.front.clinic.reviewer
        with parts.store.write() as tx:
            filters = Filters(break_glass=True)
            return keep_view(tx, parts.ledger, reviewer.id, "Broken glass", filters, shared=False).id

    def _a_plea(self) -> str:
        """Somebody who waits for an approver's word."""
        clinic, caller = self.front.clinic, Caller("192.0.2.99")
        with clinic.store.write() as tx:
            person = by_id(tx, self.members["other clinician"].id)
            return ask_help(tx, clinic.ledger, person, caller, "phone stolen").reset.id

    def _a_session(self) -> str:
        self.front.browser(self.front.clinic.clinician)
        self.holder.get("/sessions")
        found = re.search(r"/sessions/(session_\w+)/end", self.holder.page)
        assert found
        return found.group(1)


def _columns(table: Any) -> list[Any]:
    return [column for column in table.columns if (table.name, column.name) != ("sessions", "last_seen_at")]
