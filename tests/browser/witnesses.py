"""Two witnesses the broker under test was told of, at addresses where nothing answers."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.ledger.body import instant
from broker.ledger.signing.cosign import WitnessKey
from broker.web.parts import Parts
from broker.witness.asking.objection import Contradiction
from broker.witness.asking.standing import Standing, write_standings
from broker.witness.guard import Mismatch

_KEYS = [
    WitnessKey(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)).public
    for number, name in enumerate(("witness.hospital.example/w1", "witness.university.example/w2"), start=1)
]
NAMED = ", ".join(f"{key.vkey} http://127.0.0.1:9/{number}" for number, key in enumerate(_KEYS))
SAW = "It saw a ledger of 12,345 entries, signed by this broker's own key; this one has 9,876: its end was cut off, or the database is an older one."


def one_vouches_and_one_objects(parts: Parts) -> None:
    """As after a backup was put in place of the database, and one witness was away."""
    now = parts.clock.now()
    objects = Standing(
        12_345, now - timedelta(hours=2), now, contradiction=Contradiction(SAW, 12_345, proven=True)
    )
    stands = [Standing(9_876, now - timedelta(minutes=1), now, fault="It cannot be reached."), objects]
    standings = {key.vkey: standing for key, standing in zip(_KEYS, stands, strict=True)}
    write_standings(parts.settings.heads_path.parent, standings)


def nobody_objects(parts: Parts) -> None:
    """As it was: the broker that runs remembers what a witness proved, and would bar granting again."""
    write_standings(parts.settings.heads_path.parent, {})
    parts.watch.guard.lift()


def barred(parts: Parts) -> Mismatch:
    return Mismatch(SAW, _KEYS[1].name, instant(parts.clock.now()), told=True)
