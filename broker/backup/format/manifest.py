"""The last two parts of a backup: the list of all others with their digests, and the ledger key's signature on it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broker.backup.format.member import Member, whole
from broker.errors import Invalid
from broker.ledger.body import instant, parse_instant
from broker.ledger.signing.keys import PublicKey, SigningKey, parse_public
from broker.ledger.signing.note import open_note, sign_note

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.note"
_ORIGIN = "/backup"
LONGEST_MANIFEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """``tables`` are column names and row counts; ``ledger_digest`` that of entry ``ledger_size``; ``vkey`` signed it."""

    made_at: datetime
    version: str
    schema: str
    issuer: str
    vkey: str
    ledger_size: int
    ledger_digest: str
    recordings: bool
    tables: Mapping[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


@dataclass
class Tally:
    """Writes down each part while it passes."""

    parts: list[Part] = field(default_factory=list)

    def passing(self, members: Iterable[Member]) -> Iterator[Member]:
        for member in members:
            yield Member(member.name, member.size, self._counted(member))

    def _counted(self, member: Member) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for chunk in member.chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        self.parts.append(Part(member.name, size, digest.hexdigest()))


def last_members(manifest: Manifest, key: SigningKey) -> list[Member]:
    text = _written(manifest)
    digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
    said = f"{key.name}{_ORIGIN}\n{len(text)}\n{digest}\nat {instant(manifest.made_at)}\n"
    return [whole(MANIFEST, text), whole(SIGNATURE, sign_note(said, key).encode())]


def read_manifest(text: bytes, note: bytes, key: PublicKey | None) -> Manifest:
    """What ``key`` signed; without one, what the key named inside signed. Raises Invalid unless it did."""
    manifest = _read(text)
    signer = key or parse_public(manifest.vkey)
    said = open_note(note.decode(errors="replace"), signer)
    digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
    if said != f"{signer.name}{_ORIGIN}\n{len(text)}\n{digest}\nat {instant(manifest.made_at)}\n":
        raise Invalid("The list of what is in this backup was changed.", help="Take another one.")
    return manifest


def check_parts(manifest: Manifest, found: Sequence[Part]) -> None:
    """Raises Invalid unless exactly these parts came, in this order."""
    for wanted, part in zip(manifest.parts, found, strict=False):
        if wanted != part:
            raise Invalid(f"{wanted.name} is not what was put into this backup.", help="Take another one.")
    if len(manifest.parts) != len(found):
        raise Invalid("Parts of this backup are missing, or were added.", help="Take another one.")


def _written(manifest: Manifest) -> bytes:
    said: dict[str, Any] = {**vars(manifest), "format": FORMAT, "made_at": instant(manifest.made_at)}
    said["parts"] = [vars(part) for part in manifest.parts]
    said["tables"] = {
        name: {"columns": columns, "rows": count} for name, (columns, count) in manifest.tables.items()
    }
    return json.dumps(said, indent=1, sort_keys=True).encode()


def _read(text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        if said.pop("format") != FORMAT:
            raise Invalid("A newer broker made this backup.", help="Use the version that made it.")
        said["made_at"] = parse_instant(said["made_at"])
        said["parts"] = tuple(Part(**part) for part in said["parts"])
        said["tables"] = {
            name: (tuple(each["columns"]), int(each["rows"])) for name, each in said["tables"].items()
        }
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            "The list of what is in this backup cannot be read.", help="Take another one."
        ) from error
