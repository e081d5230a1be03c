"""What ``broker doctor`` says of the ring."""

from __future__ import annotations

from dataclasses import dataclass

from broker.errors import BrokerError
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.keyring.rows import Rows
from broker.keyring.seen import needed_secrets


@dataclass(frozen=True)
class KeyFinding:
    """``words`` say what was found and, when it is bad, what to do."""

    good: bool
    words: str


def examine_ring(ring: KeyRing) -> list[KeyFinding]:
    """Opens every key that is believed. Makes none and changes none."""
    rows = ring.refresh()
    found = [_wrapping(ring), *(_of(ring, rows, use) for use in KeyUse)]
    found += _shut(ring, rows)
    if rows.refused:
        found.append(
            KeyFinding(
                good=False,
                words=f"Rows of keys that this broker did not write, and does not believe: {', '.join(rows.refused)}. "
                "Somebody changed the database, or identity.key is another one. Tell the security team; "
                "afterwards remove each: broker keys withdraw KID",
            )
        )
    return found


def _shut(ring: KeyRing, rows: Rows) -> list[KeyFinding]:
    """One finding for each reason, however many keys have it."""
    kids: dict[str, list[str]] = {}
    for key in needed_secrets(rows):
        if why := ring.fault(key):
            kids.setdefault(why, []).append(key.kid)
    return [
        KeyFinding(good=False, words=f"Cannot be opened: {', '.join(each)}. {why}")
        for why, each in kids.items()
    ]


def _wrapping(ring: KeyRing) -> KeyFinding:
    try:
        return KeyFinding(good=True, words=f"{ring.workshop.keys.current_id} wraps keys")
    except BrokerError as error:
        return KeyFinding(good=False, words=f"{error} {error.help}")


def _of(ring: KeyRing, rows: Rows, use: KeyUse) -> KeyFinding:
    current = rows.one(use, KeyState.CURRENT)
    if current is None:
        words = f"No key signs {use} yet; it is made when the broker serves, or by: broker keys rotate"
        return KeyFinding(good=not rows.keys, words=words)
    following = rows.one(use, KeyState.NEXT)
    if following is None:
        return KeyFinding(good=False, words=f"No key is prepared to sign {use} next. Does the broker serve?")
    since = f"since {current.current_from:%Y-%m-%d}, the next one from {following.current_from:%Y-%m-%d}"
    return KeyFinding(good=ring.fault(current) is None, words=f"{use}: {current.alg} key signs {since}")
