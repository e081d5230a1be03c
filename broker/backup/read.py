"""Reads a sealed file to its end and hands each part on; only at the end it is known that they may be believed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from broker.backup.create import FILE_ORIGIN, digest_and_size, note_beside
from broker.backup.format.age import HEAD, identities_in, opened
from broker.backup.format.manifest import (
    LONGEST_MANIFEST,
    MANIFEST,
    SIGNATURE,
    Manifest,
    Part,
    Tally,
    check_parts,
    read_manifest,
)
from broker.backup.format.member import CHUNK, Member, unpacked
from broker.errors import ConfigurationError, Invalid
from broker.ledger.signing.keys import PublicKey
from broker.ledger.signing.note import open_note


class Taker(Protocol):
    """Takes the parts one after the other. Nothing it makes of them counts before ``read_backup`` returned."""

    def take(self, member: Member) -> None: ...


def read_backup(file: Path, identity: Path, key: PublicKey | None, taker: Taker) -> Manifest:
    """What the backup is of, once every byte of it was held against what ``key`` signed.

    Without a key the one named inside is used: then it is whole, and who made it is not proved.
    Raises Invalid for whatever was cut, edited, swapped or sealed for somebody else.
    """
    identities = identities_in(_text(identity))
    with _open(file) as sealed, opened(sealed, identities) as stream:
        parts, manifest, note = _hand_on(unpacked(stream), taker)
        _drain(stream)
    read = read_manifest(manifest, note, key)
    check_parts(read, parts)
    return read


def check_outside(file: Path, key: PublicKey | None) -> int:
    """Its size, when it is byte for byte what ``key`` signed in the note beside it. Needs no identity.

    Raises Invalid when it is not, or is no backup at all, or nothing says what it should be.
    """
    with _open(file) as sealed:
        if sealed.read(len(HEAD)) != HEAD:
            raise Invalid("This is no backup: it is not sealed by age.")
    note = note_beside(file)
    if not note.exists() or key is None:
        raise Invalid(
            "Without the identity a backup is checked against the note beside it and the ledger's public key.",
            help=f"Put {note.name} beside it, and name the key: --public-key FILE. Or use --identity FILE.",
        )
    digest, size = digest_and_size(file)
    said = open_note(_text(note), key).split("\n")
    if said[:3] != [key.name + FILE_ORIGIN, str(size), base64.b64encode(digest).decode()]:
        raise Invalid(
            "This file is not the one the note beside it was written for.", help="Take another one."
        )
    return size


def _hand_on(members: Iterator[Member], taker: Taker) -> tuple[Sequence[Part], bytes, bytes]:
    tally, manifest, note = Tally(), b"", b""
    for member in members:
        if note or (manifest and member.name != SIGNATURE):
            raise Invalid("Something was added behind the end of this backup.", help="Take another one.")
        if member.name == SIGNATURE:
            note = _small(member)
        elif member.name == MANIFEST:
            manifest = _small(member)
        else:
            passing = next(tally.passing([member]))
            taker.take(passing)
            for _rest in passing.chunks:
                pass
    if not note:
        raise Invalid("This backup has no end: nothing says what belongs to it.", help="Take another one.")
    return tally.parts, manifest, note


def _small(member: Member) -> bytes:
    if member.size > LONGEST_MANIFEST:
        raise Invalid("The list of what is in this backup is too long to be one.")
    return b"".join(member.chunks)


def _drain(stream: IO[bytes]) -> None:
    """To its end, or its last chunk is never proved."""
    while stream.read(CHUNK):
        pass


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read.") from error
