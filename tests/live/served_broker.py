"""The real broker as processes of its own, its pages as browsers send them, the live site behind a go-between."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import requests
from sqlalchemy import select

from broker.access.grant import Grant, GrantState, get_grant, grant_of_request
from broker.identity.people import Role
from broker.ledger.tables import ledger_entries
from broker.notify.read import list_messages
from broker.patients.register import add_patient
from broker.sites.register import Site, add_site, link_account
from tests.browser.demo_broker import PASSWORD, DemoBroker, Member
from tests.cli.visitor import Visitor
from tests.live.broker_side import ISSUER, SITE, BrokerSide
from tests.live.go_between import GoBetween

ENTITLEMENT = "wordpress-notes"
SOON_S = 20
_GRANT = re.compile(r"/grants/(grant_[0-9a-f]+)")


class ServedBroker(DemoBroker):
    """Broken glass ends after seconds here, unless it is started ``as_released``."""

    command: tuple[str, ...] = ("-m", "tests.live.short_lived_broker")

    def __init__(
        self, folder: Path, side: BrokerSide, between: GoBetween, policies: Path | None = None
    ) -> None:
        super().__init__(folder, policies, BROKER_ISSUER=ISSUER, BROKER_SWEEP_SECONDS="0.3")
        self.between = between
        key = folder / "keys" / "lease.key"
        key.parent.mkdir(mode=0o700, parents=True)
        key.touch(0o600)
        key.write_bytes(side.seed)

    def start(self, *, as_released: bool = False) -> None:
        self.command = DemoBroker.command if as_released else type(self).command
        super().start()

    def connect(self) -> None:
        with self.parts.store.write() as tx:
            site = Site(SITE, "wordpress", "The clinic's site", self.between.url, True, tx.at)
            add_site(tx, self.parts.ledger, site, actor="demo")

    def admit(self, clinic_ref: str) -> None:
        with self.parts.store.write() as tx:
            add_patient(tx, self.parts.ledger, actor="demo", clinic_ref=clinic_ref)

    def person(self, role: Role, *, account: str | None = None) -> Person:
        member = self.join(role)
        if account:
            with self.parts.store.write() as tx:
                link_account(tx, self.parts.ledger, SITE, member.person.id, account, actor="demo")
        visitor = Visitor(self.url)
        assert visitor.sign_in(member.email, PASSWORD, member.code())
        return Person(self, member, visitor)

    def grant(self, grant_id: str) -> Grant:
        with self.parts.store.read() as reader:
            return get_grant(reader, grant_id)

    def grant_of(self, request_id: str) -> Grant | None:
        with self.parts.store.read() as reader:
            return grant_of_request(reader, request_id)

    def events(self, grant_id: str) -> list[str]:
        """What the ledger says of a grant's own life, in its order."""
        of_it = select(ledger_entries.c.event).where(
            ledger_entries.c.grant_id == grant_id, ledger_entries.c.event.like("grant.%")
        )
        with self.parts.store.read() as reader:
            return [row.event for row in reader.all(of_it.order_by(ledger_entries.c.seq))]

    def told_of(self, event: str, grant_id: str) -> list[str]:
        """Addresses in the outbox."""
        with self.parts.store.read() as reader:
            mails = list_messages(reader, event=event)
        return [mail.address for mail in mails if grant_id in mail.body_text]

    def becomes(self, grant_id: str, state: GrantState, within_s: float = SOON_S) -> Grant:
        until(lambda: self.grant(grant_id).state is state, within_s, lambda: str(self.grant(grant_id)))
        return self.grant(grant_id)

    def check_ledger(self) -> None:
        """By the command an auditor uses."""
        command = [sys.executable, "-m", "broker", "audit", "verify"]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Person:
    """Somebody with a window on the broker, signed in with password and code a moment ago."""

    broker: ServedBroker
    member: Member
    window: Visitor

    def page(self, path: str) -> str:
        answer = self.window.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return words(answer)

    def ask(self, patient: str, *, path: str = "ordinary", note: str = "collapsed after the visit") -> str:
        """Fill in the form and send it; the path of the page it leads to."""
        answer = self.window.post(
            "/requests/new",
            patient=patient,
            entitlement=ENTITLEMENT,
            purpose="ETREAT",
            reason="unresponsive",
            note=note,
            duration="15",
            path=path,
            code=self.member.code(),
        )
        assert answer.status_code == 200, words(answer)
        return answer.url.removeprefix(self.broker.url)

    def break_glass(self, patient: str) -> Grant:
        return self.broker.grant(self.ask(patient, path="break_glass").rsplit("/", 1)[1])

    def extend(self, grant: Grant) -> str:
        """Ask for 15 minutes more; the path of the page it leads to."""
        answer = self.window.post(f"/grants/{grant.id}/extend", duration="15", code=self.member.code())
        assert answer.status_code == 200, words(answer)
        return answer.url.removeprefix(self.broker.url)

    def approve(self, request_page: str) -> Grant:
        """By the link that stands in this approver's mail."""
        answer = self.window.post(self._mailed_link(request_page), verdict="approve")
        assert answer.status_code == 200, words(answer)
        grant = self.broker.grant_of(request_page.rsplit("/", 1)[1])
        assert grant is not None
        return grant

    def way_to_site(self, grant: Grant) -> str:
        """Where **Go to the site** leads."""
        page = self.window.get(f"/grants/{grant.id}").text
        found = re.search(r'<a [^>]*href="([^"]+)"[^>]*>Go to the site</a>', page)
        assert found, words(self.window.get(f"/grants/{grant.id}"))
        return unescape(found[1])

    def end(self, grant: Grant) -> requests.Response:
        return self.window.post(f"/grants/{grant.id}/end", seen_at=f"/grants/{grant.id}")

    def _mailed_link(self, request_page: str) -> str:
        with self.broker.parts.store.read() as reader:
            mails = list_messages(reader, recipient_id=self.member.person.id)
        link = f"{self.broker.url}{request_page}/decide"
        assert any(link in mail.body_text.split() for mail in mails), f"no mail leads to {link}"
        return link.removeprefix(self.broker.url)


def words(answer: requests.Response) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"<(script|style).*?</\1>", " ", answer.text.partition("<body")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def until(holds: Callable[[], bool], within_s: float, otherwise: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s} s: {otherwise()}"
        time.sleep(0.05)
