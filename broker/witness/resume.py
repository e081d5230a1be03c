"""Goes on, after an honest loss, with a database that is not the one that was signed: under a new name and key.

The old name stays true: nothing that was signed under it is contradicted, because
nothing is signed under it any more. The first entry of the new one says what it
goes on from, and what had been seen of the rest.

Killed at any point, it is run again and ends where it would have ended.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.errors import Conflict, Invalid
from broker.ledger.checkpoints.keep import last_vouched
from broker.ledger.entry import Entry
from broker.ledger.read import entries_of_event, latest
from broker.ledger.signing.former import former_keys, former_path
from broker.ledger.signing.key_file import write_secret_line
from broker.ledger.signing.keys import SigningKey, load
from broker.ledger.tree_in_database import root_at
from broker.witness.asking.standing import forget_standings
from broker.witness.files import replace_file, settle
from broker.witness.part_notes import UNFIT, aside, part_notes
from broker.witness.start import mismatches
from broker.witness.watch import Watch

RESUMED = "ledger.resumed"
MAX_REASON = 500
_RESUMED_NAME = re.compile(r"-\d+\.[0-9a-f]{6}$")
_CURRENT, _PUBLIC, _NEXT = "ledger.key", "ledger.pub", "ledger.next.key"


@dataclass(frozen=True)
class Resumed:
    """The ledger goes on as ``key.name`` after ``size`` entries; ``unfit`` is where what was signed and does not fit went."""

    key: SigningKey
    size: int
    unfit: Path


def resume(watch: Watch, keys_folder: Path, reason: str, *, actor: str) -> Resumed:
    """Sign by a new key from here on. Raises Conflict where nothing contradicts the database.

    Stop every process of the broker before: they would go on signing by the old key.
    """
    reason = _checked(reason)
    current = load(keys_folder / _CURRENT)
    begun = (keys_folder / _NEXT).exists()
    if not mismatches(watch) and not begun:
        raise Conflict(
            "The database fits what was signed and what the witnesses saw, so there is nothing to resume.",
            help="Start the broker: broker serve",
        )
    former = former_keys(keys_folder)
    number = former.index(current.public) + 1 if current.public in former else len(former) + 1
    key = load(keys_folder / _NEXT) if begun else _new_key(keys_folder / _NEXT, current, number + 1)
    size = _written(watch, key)
    if size is None:
        size = _write(watch, current, key, {"reason": reason, **_seen(watch)}, actor)
    with watch.store.read() as reader:
        part_notes(reader, watch.keeper.path, current.public, size, number)
    forget_standings(watch.witnesses.folder)
    _change_keys(keys_folder, current, key, number)
    watch.guard.lift()
    return Resumed(key, size, aside(watch.keeper.path, UNFIT, number))


def _checked(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > MAX_REASON or not text.isprintable():
        raise Invalid(
            f"Say in one line of at most {MAX_REASON} signs why the ledger's end is missing.",
            help='Write: broker audit resume --reason "restored the backup of ... after ..."',
        )
    return text


def _new_key(path: Path, current: SigningKey, number: int) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    # Told apart from what another copy of the same backup would go on as.
    mark = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:6]
    first_name = _RESUMED_NAME.sub("", current.name)
    key = SigningKey(f"{first_name}-{number}.{mark}", private)
    write_secret_line(path, key.secret_text, "ledger key")
    return key


def _seen(watch: Watch) -> dict[str, object]:
    last = last_vouched(watch.keeper.path, watch.keeper.key.public) if watch.keeper.path.exists() else None
    known = ((witness, standing.contradiction) for witness, standing in watch.witnesses.standings())
    witnesses = [
        {"witness": witness.key.name, "size": found.size, "proven": found.proven}
        for witness, found in known
        if found
    ]
    return {"signed_size": last.size if last else 0, "witnesses": witnesses}


def _written(watch: Watch, key: SigningKey) -> int | None:
    """After how many entries an attempt that was cut short wrote that ``key`` goes on."""
    with watch.store.read() as reader:
        found = [
            each for each in entries_of_event(reader, RESUMED) if each.entry.facts["to"] == key.public.vkey
        ]
    return found[-1].seq - 1 if found else None


def _write(
    watch: Watch, current: SigningKey, key: SigningKey, facts: Mapping[str, object], actor: str
) -> int:
    with watch.store.write() as tx:
        last = latest(tx)
        size = last.seq if last else 0
        where = {"size": size, "root": root_at(tx, size).hex()}
        keys = {"from": current.public.vkey, "to": key.public.vkey}
        return watch.ledger.append(tx, Entry(RESUMED, actor, facts={**keys, **where, **facts})).seq - 1


def _change_keys(folder: Path, current: SigningKey, key: SigningKey, number: int) -> None:
    with suppress(FileExistsError):
        os.link(folder / _CURRENT, former_path(folder, number, "key"))
    replace_file(former_path(folder, number, "pub"), f"{current.public.vkey}\n")
    replace_file(folder / _PUBLIC, f"{key.public.vkey}\n")
    # Last, because until then this can be run again.
    (folder / _NEXT).replace(folder / _CURRENT)
    settle(folder)
