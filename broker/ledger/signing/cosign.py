"""Cosignatures of witnesses under a checkpoint: c2sp.org/tlog-cosignature, its Ed25519 kind.

A cosignature says: at this second, this was the largest ledger of that name I had
seen, and it goes on from all I had seen before.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.errors import ConfigurationError
from broker.ledger.signing.key_file import read_secret_line, write_secret_line
from broker.ledger.signing.keys import PRIVATE, check_name, split_key
from broker.ledger.signing.note import MARK, signatures_of

_COSIGNATURE = b"\x04"
_TIME = struct.Struct(">Q")
_SIGNATURE_LENGTH = 64
# The year 9999: later is no time that can be written.
_LAST_SECOND = 253_402_300_799


@dataclass(frozen=True)
class CosignerKey:
    """The public half of a witness's key: ``name`` is the witness's, ``raw`` is 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes that say in a signature which key made it."""
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.raw).digest()[:4]

    @property
    def vkey(self) -> str:
        """``<name>+<id in hex>+<base64>``: the one line to configure a broker or an auditor with."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_COSIGNATURE + self.raw).decode()}"


@dataclass(frozen=True)
class WitnessKey:
    """The private half. Its ``repr`` says nothing of the secret."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> CosignerKey:
        return CosignerKey(self.name, self.private.public_key().public_bytes_raw())

    @property
    def secret_text(self) -> str:
        encoded = base64.b64encode(_COSIGNATURE + self.private.private_bytes_raw()).decode()
        return f"{PRIVATE}{self.name}+{self.public.id.hex()}+{encoded}"


@dataclass(frozen=True)
class Cosignature:
    """``key`` vouched for the note at ``at`` (whole seconds, UTC); ``line`` is its signature line."""

    key: CosignerKey
    at: datetime
    line: str


def make_witness_key(path: Path, name: str) -> WitnessKey:
    """Make a key and write it to ``path``. Raises ConfigurationError for a bad name, or when a file is there."""
    check_name(name)
    key = WitnessKey(name, Ed25519PrivateKey.generate())
    write_secret_line(path, key.secret_text, "witness key")
    return key


def load_witness_key(path: Path) -> WitnessKey:
    """Raises Unavailable without a file, ConfigurationError for an unsafe or broken one."""
    text = read_secret_line(path, "witness key")
    if not text.startswith(PRIVATE):
        raise ConfigurationError(f"{path} holds no witness key.")
    name, key_id, raw = split_key(text.removeprefix(PRIVATE), _COSIGNATURE)
    key = WitnessKey(name, Ed25519PrivateKey.from_private_bytes(raw))
    if key.public.id != key_id:
        raise ConfigurationError(f"The witness key at {path} is damaged.", help="Restore it from its backup.")
    return key


def parse_cosigner(vkey: str) -> CosignerKey:
    """The witness a ``vkey`` line names. Raises ConfigurationError when it names none."""
    name, key_id, raw = split_key(vkey.strip(), _COSIGNATURE)
    key = CosignerKey(name, raw)
    if key.id != key_id:
        raise ConfigurationError(
            "The witness's public key is damaged: its id does not fit.", help="Copy the whole line again."
        )
    return key


def cosign(key: WitnessKey, text: str, at: datetime) -> str:
    """The signature line, ending in a newline, by which ``key`` vouches for a checkpoint's ``text``."""
    second = int(at.timestamp())
    signature = key.private.sign(_message(text, second))
    blob = base64.b64encode(key.public.id + _TIME.pack(second) + signature).decode()
    return f"{MARK}{key.name} {blob}\n"


def cosignatures(note: str, keys: Iterable[CosignerKey]) -> list[Cosignature]:
    """Who of ``keys`` vouched for the note. A signature that is wrong counts for nothing.

    Raises Invalid when it is no signed note. The ledger's own signature is not looked at.
    """
    known = {(key.name, key.id): key for key in keys}
    text, signatures = signatures_of(note)
    found = ((known.get((name, key_id)), blob) for name, key_id, blob in signatures)
    checked = (_checked(key, text, blob) for key, blob in found if key)
    return [each for each in checked if each]


def _checked(key: CosignerKey, text: str, blob: bytes) -> Cosignature | None:
    if len(blob) != _TIME.size + _SIGNATURE_LENGTH:
        return None
    (second,) = _TIME.unpack(blob[: _TIME.size])
    if second > _LAST_SECOND:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(blob[_TIME.size :], _message(text, second))
    except InvalidSignature:
        return None
    line = f"{MARK}{key.name} {base64.b64encode(key.id + blob).decode()}\n"
    return Cosignature(key, datetime.fromtimestamp(second, UTC), line)


def _message(text: str, second: int) -> bytes:
    return f"cosignature/v1\ntime {second}\n{text}".encode()
