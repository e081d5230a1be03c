"""A WordPress that carries nothing of ours, and the broker's side of one that lends whole roles there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from broker.adapters.kind import Connection
from broker.adapters.lease import ContainmentAction, ContainmentClaims
from broker.adapters.port import Outcome, SignedDocument
from broker.adapters.wordpress_core.client import WordPressCoreAdapter
from broker.clock import SettableClock, new_id
from broker.sealing import Seal
from broker.sites.memory import SiteMemory
from broker.store import Store
from tests.live.broker_side import ISSUER, SITE, BrokerSide
from tests.live.wordpress_site import WordPressSite

ADMIN = "broker"
PASSWORD = "a-password-for-tests"


@dataclass
class Wire(requests.Session):
    """``trouble`` is asked about each write and may lose its answer, or keep the write for later."""

    trouble: Callable[[Callable[[], requests.Response]], requests.Response] | None = None
    kept: list[Callable[[], requests.Response]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def request(self, method: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        def send() -> requests.Response:
            return super(Wire, self).request(method, *args, **kwargs)

        return self.trouble(send) if self.trouble and method == "POST" else send()

    def lose_answer(self, send: Callable[[], requests.Response]) -> requests.Response:
        """The site did it; nobody hears of it."""
        self.trouble = None
        send().close()
        raise requests.ReadTimeout

    def keep_for_later(self, send: Callable[[], requests.Response]) -> requests.Response:
        """It lies somewhere on the way."""
        self.trouble = None
        self.kept.append(send)
        raise requests.ReadTimeout


class CoreSide(BrokerSide):
    """Signs leases of roles and sends them as an administrator of the site would."""

    def __init__(self, site: WordPressSite, store: Store, password: str) -> None:
        super().__init__()
        self.site = site
        self.clock = SettableClock(self.clock.now())  # type: ignore[assignment]
        self.store, self.password = store, password
        self.memory = SiteMemory(store, Seal(bytes(range(32)), "sites"), SITE)
        self.wire = Wire()
        self.core = self.another()

    def another(self, **differing: Any) -> WordPressCoreAdapter:
        """Another process's adapter to the same site."""
        said = {"secrets": {"user": ADMIN, "application_password": self.password}, "memory": self.memory}
        connection = Connection(
            site=SITE,
            base_url=self.site.url,
            allow_private=True,
            signer=self.signer,
            clock=self.clock,
            mark=lambda: 7,
            **{**said, **differing},
        )
        return WordPressCoreAdapter(connection, session=self.wire, timeout=(3, 20))

    def lend(self, account: str, *roles: str, **how: Any) -> str:
        """Lend what the site must take; answers the grant's id."""
        document = self.lease(account, {"roles": list(roles)}, **how)
        outcome = self.core.apply([document])[document.id]
        assert not outcome.reason, outcome.reason
        return document.id

    def refusal(self, account: str, *roles: str, **how: Any) -> str:
        document = self.lease(account, {"roles": list(roles)}, **how)
        return self.core.apply([document])[document.id].reason

    def end(self, *grants: str) -> dict[str, Outcome]:
        return dict(self.core.revoke([self.revocation(grant) for grant in grants]))

    def order(
        self, account: str, *actions: ContainmentAction, version: int = 1, spare: tuple[str, ...] = ()
    ) -> str:
        """Why it was not done."""
        claims = ContainmentClaims(
            SITE, new_id("order"), account, spare, actions, version, self.clock.now(), ISSUER
        )
        document = SignedDocument(claims.order, self.signer.sign_containment(claims))
        return self.core.contain([document])[document.id].reason

    def account(self, login: str, *roles: str) -> str:
        """An account with exactly these roles, in this order."""
        self.site.create_user(login, password=PASSWORD)
        self.give(login, *roles)
        return login

    def give(self, login: str, *roles: str) -> None:  # type: ignore[override]
        """As another administrator would: replaces them all."""
        adds = "".join(f"$u->add_role('{role}');" for role in roles)
        self.site.run_php(f"$u = get_user_by('login', '{login}'); $u->set_role(''); {adds}")

    def roles(self, login: str) -> list[str]:
        text = self.site.run_php(f"echo json_encode(array_values(get_user_by('login', '{login}')->roles));")
        return list(json.loads(text))
