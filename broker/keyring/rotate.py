"""A new key on command, and the end of one that leaked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from broker.errors import Conflict, NotFound
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.rows import Rows
from broker.keyring.turn import published_long_enough, switch
from broker.keyring.workshop import Workshop
from broker.ledger.entry import Entry
from broker.store import Transaction


@dataclass(frozen=True)
class Rotated:
    """The key that signs from ``signs_from`` on, which may be still to come."""

    kid: str
    signs_from: datetime


def rotate(ring: KeyRing, use: KeyUse, *, actor: str) -> Rotated:
    """Let the next key sign as soon as every checker has had the time to learn of it."""
    ring.ready()
    shop = ring.workshop
    with shop.store.write() as tx:
        rows = shop.cleared(tx)
        following = _one(rows, use, KeyState.NEXT)
        signs_from = published_long_enough(following)
        if tx.at < signs_from:
            _bring_forward(tx, shop, following, signs_from, actor)
        else:
            signs_from = switch(tx, shop, rows.one(use, KeyState.CURRENT), following, actor).current_from
    ring.ready()
    return Rotated(following.kid, signs_from)


def rotate_now(ring: KeyRing, use: KeyUse, compromised: frozenset[str], *, actor: str) -> Rotated:
    """Sign by another key at once, and believe those that are ``compromised`` no longer.

    Whoever checks tokens may know the new key only when they ask again. NotFound for a key that the ring has not.
    """
    ring.ready()
    shop, rows = ring.workshop, ring.refresh()
    _refuse_unknown(rows, use, compromised)
    spare = _spare(ring, rows, use, compromised)
    with shop.store.write() as tx:
        rows = shop.cleared(tx, even_all=True)
        current = rows.one(use, KeyState.CURRENT)
        following = (
            _replaced(tx, shop, rows, spare, compromised, actor) if spare else rows.one(use, KeyState.NEXT)
        )
        if following is None or following.kid in compromised:
            raise Conflict("Another process moved the keys at the same moment.", help="Run it again.")
        if current is not None and current.kid in compromised:
            shop.withdraw(tx, current, actor, compromised=True)
            current = None
        signing = switch(tx, shop, current, following, actor)
        for key in rows.only(use, KeyState.OLD):
            if key.kid in compromised:
                shop.withdraw(tx, key, actor, compromised=True)
    ring.ready()
    return Rotated(signing.kid, signing.current_from)


def withdraw(ring: KeyRing, kid: str, *, force: bool, actor: str) -> None:
    """Believe a key no longer, or remove a row that is not believed anyway. Needs no key service.

    Conflict while what it signed may live, unless it is forced.
    """
    shop = ring.workshop
    with shop.store.write() as tx:
        rows = shop.rows.read(tx)
        key = next((key for key in rows.keys if key.kid == kid), None)
        if kid in rows.refused:
            shop.rows.forget(tx, kid)
            shop.ledger.append(tx, Entry("keys.row_removed", actor, facts={"kid": kid}))
        elif key is None:
            raise NotFound(f"No key is called {kid}.", help="List them: broker keys show")
        else:
            _refuse_too_early(key, tx.at, force=force)
            shop.withdraw(tx, key, actor, compromised=force)
    ring.ready()


def _one(rows: Rows, use: KeyUse, state: KeyState) -> RingKey:
    found = rows.one(use, state)
    if found is None:
        raise Conflict(f"No {state} key for {use} could be made.", help="See why: broker doctor")
    return found


def _bring_forward(tx: Transaction, shop: Workshop, key: RingKey, at: datetime, actor: str) -> None:
    shop.rows.change(tx, key, replace(key, current_from=at))
    facts = {"kid": key.kid, "use": key.use, "signs_from": at.isoformat()}
    shop.ledger.append(tx, Entry("keys.rotation_asked", actor, facts=facts))


def _spare(ring: KeyRing, rows: Rows, use: KeyUse, compromised: frozenset[str]) -> RingKey | None:
    """A fresh key where the next one is not to be used: it leaked too, or cannot be opened."""
    following = rows.one(use, KeyState.NEXT)
    if following is not None and following.kid not in compromised and ring.fault(following) is None:
        return None
    return ring.workshop.seal(ring.workshop.fresh(use), KeyState.NEXT)


def _replaced(
    tx: Transaction, shop: Workshop, rows: Rows, spare: RingKey, compromised: frozenset[str], actor: str
) -> RingKey:
    following = rows.one(spare.use, KeyState.NEXT)
    if following is not None:
        shop.withdraw(tx, following, actor, compromised=following.kid in compromised)
    return shop.add(tx, spare, None, actor)


def _refuse_unknown(rows: Rows, use: KeyUse, kids: frozenset[str]) -> None:
    known = {key.kid for key in rows.keys if key.use is use and key.state is not KeyState.WITHDRAWN}
    if lacking := sorted(kids - known):
        raise NotFound(
            f"No key for {use} is called {', '.join(lacking)}.", help="List them: broker keys show"
        )


def _refuse_too_early(key: RingKey, at: datetime, *, force: bool) -> None:
    if key.state is KeyState.WITHDRAWN:
        raise Conflict("This key was withdrawn already.", help="List them: broker keys show")
    if force or key.state is KeyState.NEXT:
        return
    if key.state is KeyState.CURRENT:
        raise Conflict(
            "This key signs now.",
            help=f"If it leaked: broker keys rotate --now --compromised {key.kid}. If not: broker keys rotate",
        )
    if key.withdraw_at and at < key.withdraw_at:
        raise Conflict(
            f"What this key signed may live until {key.withdraw_at:%Y-%m-%d %H:%M} UTC; then it is withdrawn by itself.",
            help="If it leaked, withdraw it now all the same: --force",
        )
