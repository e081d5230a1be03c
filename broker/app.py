"""The only place where things are wired together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore

from flask import Flask

from broker.access.equipment import Equipment, FactorCheck, TypedCode
from broker.access.late.folder_spool import USE, FolderSpool
from broker.backup.restored import settle_restored
from broker.clock import Clock, SystemClock
from broker.credentials.dpop.at_the_door import Door
from broker.credentials.dpop.nonces import Nonces
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.errors import ConfigurationError
from broker.identity.factors.passkeys.confirm import confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import relying_party
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.step_up import Action, Proof, confirm
from broker.identity.secret_box import SecretBox
from broker.identity.signing_in.local_accounts import LocalAccounts
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.provider.registration import registration_from
from broker.identity.single_sign_on.single_sign_on import SingleSignOn
from broker.keyring.ring import KeyRing
from broker.keyring.workshop import RingRules
from broker.keys import Keys, open_keys
from broker.lease_keys import RenewingSigner
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.read import latest
from broker.notes.note_box import NoteBox
from broker.notes.take_over import seal_plain_notes
from broker.notify.observer import MailQueue
from broker.policy.catalog import Catalog
from broker.policy.load import load_catalog
from broker.review.oddities.kin_marks import KinMarks
from broker.revocation.reconcile.write_down import notice
from broker.sealing import Seal, derived
from broker.settings import Settings
from broker.sites.connect import connector
from broker.sites.credentials import SEALED_FOR
from broker.store import Store, Transaction
from broker.store.engine import open_engine
from broker.store.high_water import latest_seen
from broker.store.schema import check_schema
from broker.vault.local_folder import LocalFolder
from broker.vault.shelf import Shelf
from broker.web.factory import make_flask
from broker.web.parts import Parts
from broker.witness.asking.named import parse_witnesses
from broker.witness.guard import Guard
from broker.witness.start import refuse_mismatch


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Raises ConfigurationError rather than start on a bad policy, key or schema."""
    parts = build_parts(settings or Settings())
    refuse_mismatch(parts.watch)
    return make_flask(parts)


def build_parts(settings: Settings, clock: Clock | None = None) -> Parts:
    """Everything one process of the broker works with."""
    catalog = load_catalog(settings.policies_path)
    store = open_store(settings, clock)
    check_schema(store.engine)
    _carry_time_on(store)
    keys = open_keys(settings, used_before=_used_before(store))
    spool = FolderSpool(settings.spool_dir, derived(keys.identity, USE))
    store.ended = spool.ended
    parse_witnesses(settings.witnesses)
    settings.heads_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = _watched_ledger(settings, catalog)
    lobby = _lobby(settings, catalog, keys, store, ledger)
    ring = _key_ring(settings, keys, store, ledger)
    signer = RenewingSigner(settings.keys_dir, settings.issuer)
    site_seal = Seal(keys.identity, SEALED_FOR)
    equipment = Equipment(
        store=store,
        ledger=ledger,
        catalog=catalog,
        check_factor=_factor_check(lobby, store.clock),
        lease_signer=signer,
        adapter_for=connector(store, signer, site_seal),
        spool=spool,
        notes=NoteBox(keys.identity),
        may_grant=Guard(settings.heads_path.parent).check,
    )
    equipment = replace(equipment, notice=partial(notice, equipment))
    seal_plain_notes(store, ledger, equipment.notes)
    settle_restored(equipment, settings.state_dir)
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
        kin_marks=KinMarks(derived(keys.identity, "kin marks")),
        checkpoints=CheckpointKeeper(settings.heads_path, keys.ledger),
        mint=Mint(settings.base_url, ring, ledger),
        dpop_door=Door(store, Nonces([derived(keys.identity, "dpop nonces")])),
        issuer_keys=IssuerKeys(store.clock),
        single_sign_on=_single_sign_on(settings, catalog, store.clock),
    )


def _watched_ledger(settings: Settings, catalog: Catalog) -> Ledger:
    return Ledger(
        [
            MailQueue(catalog, settings.base_url, settings.zone),
            end_tokens_of_whoever_is_shut_out,
            # Last, because it tells of what the others end.
            SignalQueue(settings.base_url),
        ]
    )


def _lobby(settings: Settings, catalog: Catalog, keys: Keys, store: Store, ledger: Ledger) -> Lobby:
    party = relying_party(settings.base_url, demo=settings.demo)
    accounts = LocalAccounts(catalog.sign_in.local_accounts, catalog.sign_in.local_people)
    return Lobby(store, ledger, SecretBox(keys.identity), party, accounts)


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


def _key_ring(settings: Settings, keys: Keys, store: Store, ledger: Ledger) -> KeyRing:
    rules = RingRules(
        settings.token_alg, timedelta(days=settings.token_key_days), settings.keys_dir / "links.key"
    )
    return KeyRing(store, ledger, keys.wrapping, derived(keys.identity, "key ring"), rules)


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
