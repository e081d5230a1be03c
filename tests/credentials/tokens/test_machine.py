"""Whatever happens in whatever order: a token is active exactly while all it stands on stands."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.clock import SettableClock
from broker.credentials.clients.register import Client, disable_client, enable_client
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.introspect import introspect
from broker.credentials.tokens.issue import issue_for_grant
from broker.credentials.tokens.revoke import revoke_text
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.credentials.tokens.tombstones import forget_tokens
from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.errors import BrokerError
from broker.identity.disable import disable, enable
from broker.ledger.chain import Ledger
from broker.revocation.sweep import sweep
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.credentials.tokens.conftest import EHR, ISSUER, registered
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Out:
    """A token as the model sees it: ``dead`` once anything ended it for good."""

    issued: Issued
    grant: Grant
    client: Client
    dead: bool = False


@dataclass
class Model:
    ended: set[str] = field(default_factory=set)
    shut_out: bool = False
    switched_off: set[str] = field(default_factory=set)


class Tokens(RuleBasedStateMachine):
    """Two pieces of software, one clinician, grants that come and go."""

    grants = Bundle("grants")
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'broker.db'}")
        metadata.create_all(engine)
        clock, ledger = SettableClock(NOON), Ledger([end_tokens_of_whoever_is_shut_out])
        self.clinic = Clinic(Store(engine, clock), clock, ledger)
        self.keys = KeysInMemory()
        self.mint = Mint(ISSUER, self.keys, ledger)
        self.model, self.out = Model(), list[Out]()

    @initialize()
    def software(self) -> None:
        self.clients = [registered(self.clinic, name=name, audience=EHR) for name in ("One", "Other")]

    @rule(target=grants, minutes=st.sampled_from([15, 30]))
    def grant(self, minutes: int) -> Grant | None:
        if self.model.shut_out:
            return None
        wanted = {"entitlement": "ehr-allergies-medication", "duration": timedelta(minutes=minutes)}
        grant = self.clinic.approve(self.clinic.ask(**wanted).request.id).grant
        assert grant is not None
        return activate(self.clinic.equipment, grant.id)

    @rule(target=tokens, grant=grants, which=st.integers(0, 1), jkt=st.sampled_from([None, "k" * 43]))
    def issue(self, grant: Grant | None, which: int, jkt: str | None) -> Out | None:
        if grant is None:
            return None
        client = self.clients[which]
        try:
            with self.clinic.store.write() as tx:
                issued = issue_for_grant(
                    tx, self.mint, grant=grant, client_id=client.id, audience=EHR, jkt=jkt
                )
        except BrokerError:
            assert not self._stands(grant, client)
            return None
        assert self._stands(grant, client)
        assert issued.token.expires_at <= grant.expires_at
        self.out.append(Out(issued, grant, client))
        return self.out[-1]

    @rule(seconds=st.sampled_from([1, 59.5, 299, 600, 900]))
    def time_passes(self, seconds: float) -> None:
        self.clinic.clock.advance(seconds=seconds)

    @rule()
    def clock_is_set_back(self) -> None:
        self.clinic.clock.advance(hours=-1)
        self.clinic.clock.advance(hours=1)

    @rule(grant=consumes(grants))
    def end(self, grant: Grant | None) -> None:
        if grant is not None:
            self.clinic.end(grant.id)
            self.model.ended.add(grant.id)

    @rule(token=tokens, by_its_own=st.booleans())
    def let_go(self, token: Out | None, by_its_own: bool) -> None:
        if token is None:
            return
        client = token.client if by_its_own else next(c for c in self.clients if c != token.client)
        with self.clinic.store.write() as tx:
            revoke_text(tx, self.mint, client, token.issued.text)
        token.dead = token.dead or by_its_own

    @rule(grant=grants)
    def withdraw(self, grant: Grant | None) -> None:
        if grant is None:
            return
        withdraw_tokens(self.clinic.store, self.clinic.ledger, self.clinic.clinician.person, grant.id)
        for each in self.out:
            each.dead = each.dead or each.grant.id == grant.id

    @rule(out=st.booleans())
    def person(self, out: bool) -> None:
        act = disable if out else enable
        with self.clinic.store.write() as tx:
            act(tx, self.clinic.ledger, self.clinic.clinician.id, actor=self.clinic.admin.id)
        self.model.shut_out = out
        for each in self.out:
            each.dead = each.dead or out

    @rule(which=st.integers(0, 1), off=st.booleans())
    def switch(self, which: int, off: bool) -> None:
        client, act = self.clients[which], disable_client if off else enable_client
        with self.clinic.store.write() as tx:
            act(tx, self.clinic.ledger, client.id, actor=self.clinic.admin.id)
        (self.model.switched_off.add if off else self.model.switched_off.discard)(client.id)
        for each in self.out:
            each.dead = each.dead or (off and each.client == client)

    @rule()
    def keys_rotate(self) -> None:
        self.keys.rotate()

    @rule()
    def somebody_tidies_up(self) -> None:
        sweep(self.clinic.equipment)
        forget_tokens(self.clinic.store)

    @invariant()
    def active_is_what_stands(self) -> None:
        with self.clinic.store.read() as reader:
            for each in self.out:
                over = reader.at >= each.issued.token.expires_at
                wanted = not each.dead and not over and self._stands(each.grant, each.client)
                for asking in self.clients:
                    told = introspect(reader, self.mint, asking, each.issued.text)
                    assert told["active"] == wanted
                    assert wanted or told == {"active": False}

    def teardown(self) -> None:
        self.clinic.store.engine.dispose()
        self.folder.cleanup()

    def _stands(self, grant: Grant, client: Client) -> bool:
        now = self.clinic.clock.now()
        ended = grant.id in self.model.ended or now >= grant.expires_at
        return not ended and not self.model.shut_out and client.id not in self.model.switched_off


Tokens.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestTokens = Tokens.TestCase
