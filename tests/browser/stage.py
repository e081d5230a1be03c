"""Sets a scene fast: what a person did before the page under test was opened, done by the broker's own verbs."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from playwright.sync_api import Page

from broker.access.activate import activate
from broker.access.ask import Asked, ask
from broker.access.decide import Decided, SessionFactor, Verdict, decide
from broker.access.equipment import Equipment
from broker.access.grant import Grant
from broker.access.hand_back import hand_back
from broker.access.plan import AskForm
from broker.access.request import AccessRequest
from broker.clock import new_id
from broker.credentials.signals.outcome import MOST_REFUSALS, refused
from broker.credentials.signals.read import undelivered
from broker.credentials.signals.receivers import list_receivers, new_receiver, register
from broker.feeds.channels.answer import Answer
from broker.feeds.feed import Feed, Kind, Terms
from broker.feeds.formats.choose import Format
from broker.feeds.outcome import settle
from broker.feeds.register import add_feed, get_feed, list_feeds, new_feed_id
from broker.feeds.steer import pause_feed, skip_refused
from broker.identity.people import Role
from broker.policy.decision import Path as Way
from broker.sites.register import Site, add_site, link_account, list_sites
from tests.browser.demo_broker import DemoBroker, Member
from tests.browser.windows import Windows


class Stage:
    """New people for each scene; the windows they look through."""

    def __init__(self, broker: DemoBroker, windows: Windows) -> None:
        self.broker = broker
        self.windows = windows

    @cached_property
    def clinician(self) -> Member:
        return self.broker.join(Role.CLINICIAN)

    @cached_property
    def approver(self) -> Member:
        return self.broker.join(Role.APPROVER)

    @cached_property
    def reviewer(self) -> Member:
        return self.broker.join(Role.REVIEWER)

    @cached_property
    def admin(self) -> Member:
        return self.broker.join(Role.ADMIN)

    @property
    def equipment(self) -> Equipment:
        return self.broker.parts.equipment

    def open(self, member: Member | None, path: str, **options: Any) -> Page:
        return self.windows.open(member, path, **options)

    def ask(self, member: Member | None = None, **changes: object) -> AccessRequest:
        return self._ask(member or self.clinician, **changes).request

    def break_glass(self, member: Member | None = None, **changes: object) -> Grant:
        return self._live(self._ask(member or self.clinician, path=Way.BREAK_GLASS, **changes).grant)

    def decide(self, request: AccessRequest, verdict: Verdict, by: Member | None = None) -> Decided:
        fresh = SessionFactor("totp", self.broker.parts.clock.now())
        comment = "" if verdict is Verdict.APPROVE else "Not the treating team; call the ward first"
        return decide(self.equipment, (by or self.approver).person, request.id, verdict, comment, fresh)

    def grant(self, **changes: object) -> Grant:
        return self._live(self.decide(self.ask(**changes), Verdict.APPROVE).grant)

    def end(self, grant: Grant) -> Grant:
        return hand_back(self.equipment, self.clinician.person, grant.id)

    def connect_silent_site(self) -> None:
        """The clinic's WordPress at an address where nothing answers, with an account for the clinician."""
        parts, holder = self.broker.parts, self.clinician.person.id
        with parts.store.write() as tx:
            if not list_sites(tx):
                address = "http://127.0.0.1:9"
                site = Site("clinic", "wordpress", "The clinic's WordPress", address, True, tx.at)
                add_site(tx, parts.ledger, site, actor="demo")
            link_account(tx, parts.ledger, "clinic", holder, "on-call", actor="demo")

    def add_receivers(self) -> None:
        """Software at an address where nothing answers, that is to be told when access ends."""
        parts = self.broker.parts
        with parts.store.write() as tx:
            for name in {"The portal", "The EHR"} - {each.name for each in list_receivers(tx)}:
                new = new_receiver(
                    name, "http://127.0.0.1:9/events", audience="", at=tx.at, allow_private=True
                )
                register(tx, parts.ledger, parts.site_seal, new, authorization="", actor="demo")

    def add_feeds(self) -> None:
        """One where nothing answers, one that refuses an entry, one that is paused and lacks an entry for ever."""
        parts = self.broker.parts
        with parts.store.write() as tx:
            if list_feeds(tx):
                return
            kinds = {
                "The SIEM": (Kind.SYSLOG, Format.CEF, "tls://localhost:9"),
                "The EHR": (Kind.FHIR, Format.FHIR_R4, "https://localhost:9/fhir"),
                "Old log": (Kind.FILE, Format.LEDGER, str(parts.settings.state_dir / "feed.jsonl")),
            }
            terms = Terms(allow_private=True, events=("grant.*", "request.broke_glass"))
            for name, (kind, shape, target) in kinds.items():
                new = Feed(new_feed_id(), name, kind, shape, target, tx.at, terms)
                add_feed(tx, parts.ledger, parts.site_seal, new, {}, actor="demo")
            refused = Answer(fault="It answered 422 to the event. No such code is known.", refused=True)
            settle(tx, parts.ledger, get_feed(tx, "The EHR"), [5], refused)
            settle(
                tx, parts.ledger, get_feed(tx, "Old log"), [2], Answer(fault="It answered 400.", refused=True)
            )
            skip_refused(tx, parts.ledger, get_feed(tx, "Old log"), 2, actor="demo")
            pause_feed(tx, parts.ledger, get_feed(tx, "Old log"), actor="demo")

    def give_up_telling(self) -> None:
        """As after a day in which a receiver refused every event."""
        parts = self.broker.parts
        with parts.store.write() as tx:
            named = {each.name: each for each in list_receivers(tx)}
            for lacking in undelivered(tx):
                for _ in range(MOST_REFUSALS if lacking.receiver == "The portal" else 1):
                    fault = "It refused the event: invalid_key. No key of that name is known here."
                    refused(tx, parts.ledger, named[lacking.receiver], lacking.id, fault)

    def _ask(self, member: Member, **changes: object) -> Asked:
        usual: dict[str, object] = {
            "submission": new_id("form"),
            "patient_ref": "P-1001",
            "entitlement": "telehealth-recording",
            "purpose": "ETREAT",
            "reason": "unresponsive",
            "note": "Collapsed during the visit; what was said about the chest pain?",
            "duration": timedelta(minutes=15),
        }
        form = AskForm(**{**usual, **changes})  # type: ignore[arg-type]
        return ask(self.equipment, member.person, form, member.typed())

    def _live(self, grant: Grant | None) -> Grant:
        if grant is None:
            raise AssertionError("nothing was granted")
        return activate(self.equipment, grant.id)
