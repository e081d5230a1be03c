"""The only place where things are wired together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from broker.access.equipment import Equipment, FactorCheck, TypedCode
from broker.adapters.lease import LeaseSigner
from broker.clock import Clock, SystemClock
from broker.credentials.authorizing.code import forget_codes
from broker.credentials.clients.assertion import forget_used
from broker.credentials.dpop.at_the_door import Door
from broker.credentials.dpop.nonces import Nonces
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.signals.couriers import Couriers
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.credentials.tokens.tombstones import forget_tokens
from broker.errors import ConfigurationError
from broker.identity.factors.passkeys.confirm import confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import relying_party
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.step_up import Action, Proof, confirm
from broker.identity.secret_box import SecretBox
from broker.identity.sessions.end_session import close_expired
from broker.identity.signing_in.local_accounts import LocalAccounts
from broker.identity.signing_in.nobodys_tries import sum_up_nobodys
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.provider import Provider
from broker.identity.single_sign_on.registration import registration_from
from broker.identity.single_sign_on.single_sign_on import SingleSignOn
from broker.identity.single_sign_on.sso_sessions import forget_hints
from broker.keyring.ring import KeyRing
from broker.keyring.workshop import RingRules
from broker.keys import Keys, open_keys
from broker.lease_keys import RenewingSigner
from broker.ledger.chain import Ledger
from broker.ledger.keep import HeadKeeper
from broker.ledger.read import latest
from broker.notify.deliver import deliver_due
from broker.notify.observer import MailQueue
from broker.notify.smtp import sender_for
from broker.policy.catalog import Catalog
from broker.policy.load import load_catalog
from broker.review.overdue import tell_overdue
from broker.revocation.reconcile.due import reconcile_due
from broker.revocation.reconcile.write_down import notice
from broker.revocation.scheduler import Chore, ring
from broker.revocation.site_events.pull import pull_where_live
from broker.revocation.sweep import sweep
from broker.sealing import Seal, derived
from broker.settings import Settings
from broker.sites.connect import connector
from broker.sites.credentials import SEALED_FOR
from broker.store import Store, Transaction
from broker.store.engine import open_engine
from broker.store.high_water import latest_seen, mark_time
from broker.store.schema import check_schema
from broker.vault.local_folder import LocalFolder
from broker.vault.shelf import Shelf
from broker.web.api.frame.kept_answers import forget_old
from broker.web.factory import make_flask
from broker.web.parts import Parts


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Raises ConfigurationError rather than start on a bad policy, key or schema."""
    return make_flask(build_parts(settings or Settings()))


def build_parts(settings: Settings, clock: Clock | None = None) -> Parts:
    """Everything one process of the broker works with."""
    catalog = load_catalog(settings.policies_path)
    store = open_store(settings, clock)
    check_schema(store.engine)
    _carry_time_on(store)
    keys = open_keys(settings, used_before=_used_before(store))
    settings.heads_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = Ledger(
        [
            MailQueue(catalog, settings.base_url, settings.zone),
            end_tokens_of_whoever_is_shut_out,
            # Last, because it tells of what the others end.
            SignalQueue(settings.base_url),
        ]
    )
    box = SecretBox(keys.identity)
    lobby = Lobby(
        store,
        ledger,
        box,
        relying_party(settings.base_url, demo=settings.demo),
        LocalAccounts(catalog.sign_in.local_accounts, catalog.sign_in.local_people),
    )
    ring = _key_ring(settings, keys, store, ledger)
    signer, site_seal = (
        RenewingSigner(settings.keys_dir, settings.issuer),
        Seal(keys.identity, SEALED_FOR),
    )
    equipment = Equipment(
        store=store,
        ledger=ledger,
        catalog=catalog,
        check_factor=_factor_check(lobby, store.clock),
        lease_signer=signer,
        adapter_for=connector(store, signer, site_seal),
    )
    equipment = replace(equipment, notice=partial(notice, equipment))
    return Parts(
        settings=settings,
        clock=store.clock,
        store=store,
        ledger=ledger,
        catalog=catalog,
        lobby=lobby,
        equipment=equipment,
        shelf=Shelf(keys.wrapping, LocalFolder(settings.recordings_dir)),
        signing_keys=ring,
        link_secrets=ring.link_secrets,
        site_seal=site_seal,
        head_keeper=HeadKeeper(settings.heads_path, keys.ledger),
        mint=Mint(settings.base_url, ring, ledger),
        dpop_door=Door(store, Nonces([derived(keys.identity, "dpop nonces")])),
        issuer_keys=IssuerKeys(store.clock),
        single_sign_on=_single_sign_on(settings, catalog, store.clock),
    )


def _single_sign_on(settings: Settings, catalog: Catalog, clock: Clock) -> SingleSignOn | None:
    known_as, said = registration_from(settings), catalog.sign_in
    if known_as is not None:
        places = BoundedSemaphore(max(1, settings.threads // 2))
        return SingleSignOn(Provider(known_as, clock), said.single_sign_on, settings.oidc_name, places)
    if not said.local_accounts and not said.local_people:
        raise ConfigurationError(
            "Policy takes local accounts out of use, and no provider is named: nobody could sign in.",
            help="Set BROKER_OIDC_ISSUER, or write local_accounts: on in the policy.",
        )
    return None


def open_store(settings: Settings, clock: Clock | None = None) -> Store:
    """The store alone, for commands that need nothing else. Nothing is read or written yet."""
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Store(open_engine(settings.store_url), clock or SystemClock())


def start_chores(parts: Parts) -> BackgroundScheduler:
    """Ring the bell for everything that must happen by itself, in threads that end with the process."""
    return ring(chores_of(parts), parts.clock.wall())


def chores_of(parts: Parts) -> dict[str, tuple[Chore, float]]:
    """What must happen by itself, and every how many seconds."""
    settings, equipment = parts.settings, parts.equipment
    sender, every = sender_for(settings), timedelta(seconds=settings.reconcile_seconds)
    return {
        "sweep": (partial(sweep, equipment), settings.sweep_seconds),
        "signing keys": (parts.signing_keys.ready, 2),
        "lease key": (partial(_renew, equipment.lease_signer), 2),
        # Rung often, because a site has its turn at once where something was just done.
        "reconcile": (partial(reconcile_due, equipment, every), min(3, settings.reconcile_seconds)),
        "site events": (partial(pull_where_live, equipment), min(15, settings.reconcile_seconds)),
        "outbox": (partial(deliver_due, parts.store, sender), 3),
        "nobody's tries": (partial(sum_up_nobodys, parts.store, parts.ledger), 60),
        "signals": (Couriers(parts.signal_desk).ring, 1),
        "overdue reviews": (partial(tell_overdue, equipment), 20),
        "time mark": (partial(mark_time, parts.store), 10),
        "signed head": (partial(parts.head_keeper.keep, parts.store), 30),
        "expired sessions": (partial(close_expired, parts.store), 60),
        "ID tokens": (partial(forget_hints, parts.store), 60),
        "tokens long over": (partial(forget_tokens, parts.store), 600),
        "kept answers": (partial(forget_old, parts.store), 600),
        "used codes": (partial(forget_codes, parts.store), 600),
        "used assertions": (partial(forget_used, parts.store), 600),
    }


def _key_ring(settings: Settings, keys: Keys, store: Store, ledger: Ledger) -> KeyRing:
    rules = RingRules(
        settings.token_alg, timedelta(days=settings.token_key_days), settings.keys_dir / "links.key"
    )
    return KeyRing(store, ledger, keys.wrapping, derived(keys.identity, "key ring"), rules)


def _renew(signer: LeaseSigner) -> None:
    # Another process may have switched to a new key.
    if isinstance(signer, RenewingSigner):
        signer.renew()


def _factor_check(lobby: Lobby, clock: Clock) -> FactorCheck:
    ledger, box, desk = lobby.ledger, lobby.box, lobby.passkeys

    def check(tx: Transaction, person_id: str, typed: TypedCode, action: Action) -> Proof | Refusal:
        if typed.passkey:
            return confirm_by_passkey(tx, desk, person_id, typed.passkey, action, source=typed.source)
        return confirm(tx, ledger, box, person_id, typed.code, action, wall=clock.wall(), source=typed.source)

    return check


def _used_before(store: Store) -> bool:
    with store.read() as reader:
        return latest(reader) is not None


def _carry_time_on(store: Store) -> None:
    # A clock set back while the broker was down must not revive what had ended.
    with store.read() as reader:
        last = latest(reader)
        seen = [instant for instant in (latest_seen(reader), last.at if last else None) if instant]
    if seen and isinstance(store.clock, SystemClock):
        store.clock.raise_floor(max(seen))
