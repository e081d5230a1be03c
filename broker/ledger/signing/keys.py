"""The key that signs the ledger's heads, and the public half anybody may hold.

Text forms are those of C2SP signed notes, so that standard tools read them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.errors import ConfigurationError
from broker.ledger.signing.key_file import read_secret_line, write_secret_line

_ED25519 = b"\x01"
PRIVATE = "PRIVATE+KEY+"
_RAW_LENGTH = 32


@dataclass(frozen=True)
class PublicKey:
    """``name`` is the ledger's, such as ``broker.example/ledger``; ``raw`` is 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes that say in a signature which key made it."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def vkey(self) -> str:
        """``<name>+<id in hex>+<base64>``: the one line to hand to an outsider."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    def signed(self, signature: bytes, text: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The private half. Its ``repr`` says nothing of the secret."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())

    @property
    def secret_text(self) -> str:
        encoded = base64.b64encode(_ED25519 + self.private.private_bytes_raw()).decode()
        return f"{PRIVATE}{self.name}+{self.public.id.hex()}+{encoded}"

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


def generate(path: Path, name: str) -> SigningKey:
    """Make a key and write it to ``path``, readable by its owner alone.

    Raises ConfigurationError for a name that cannot stand in a signature, and
    when something is at ``path`` already: a key that signed is never replaced.
    """
    check_name(name)
    key = SigningKey(name, Ed25519PrivateKey.generate())
    write_secret_line(path, key.secret_text, "ledger key")
    return key


def load(path: Path) -> SigningKey:
    """Read a key ``generate`` wrote. Raises Unavailable without one, ConfigurationError for an unsafe or broken one."""
    text = read_secret_line(path, "ledger key")
    if not text.startswith(PRIVATE):
        raise ConfigurationError(f"{path} holds no ledger key.")
    name, key_id, raw = split_key(text.removeprefix(PRIVATE), _ED25519)
    key = SigningKey(name, Ed25519PrivateKey.from_private_bytes(raw))
    if key.public.id != key_id:
        raise ConfigurationError(f"The ledger key at {path} is damaged.", help="Restore it from its backup.")
    return key


def parse_public(vkey: str) -> PublicKey:
    """The key a ``vkey`` line names. Raises ConfigurationError when it is not one."""
    name, key_id, raw = split_key(vkey.strip(), _ED25519)
    key = PublicKey(name, raw)
    if key.id != key_id:
        raise ConfigurationError(
            "The public key is damaged: its id does not fit.", help="Copy the whole line again."
        )
    return key


def load_public(path: Path) -> PublicKey:
    """Read the file that holds a ``vkey`` line. Raises ConfigurationError."""
    try:
        return parse_public(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The public key at {path} cannot be read.") from error


def decoded(text: str) -> bytes:
    """The bytes of a base64 text. Raises ValueError unless it is the one way to write them."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("not the canonical base64")
    return content


def split_key(text: str, kind: bytes) -> tuple[str, bytes, bytes]:
    """Name, id and 32 key bytes of ``name+id+base64``; ``kind`` is the signature type it must be for.

    The id is not held against the rest. Raises ConfigurationError.
    """
    try:
        name, key_id, encoded = text.split("+", 2)
        blob = decoded(encoded)
        identity = bytes.fromhex(key_id)
    except ValueError as error:
        raise ConfigurationError("This is not a ledger key: it reads name+id+key.") from error
    if blob[:1] != kind or len(blob) != _RAW_LENGTH + 1:
        raise ConfigurationError("This key is not an Ed25519 key.")
    check_name(name)
    return name, identity, blob[1:]


def check_name(name: str) -> None:
    """Raises ConfigurationError for a name that cannot stand in a signature."""
    if not name or "+" in name or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise ConfigurationError(
            "A ledger's name has no spaces and no plus sign.", help="Take the form broker.example/ledger"
        )
