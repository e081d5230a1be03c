"""The keys of one installation: made at its first start, and never silently made anew."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.errors import ConfigurationError
from broker.key_encryption.choose import open_key_encryption
from broker.key_encryption.wrapping import KeyEncryptionKey
from broker.key_files import ed25519_key, secret_key
from broker.ledger.signing import keys as ledger_keys
from broker.ledger.signing.keys import SigningKey
from broker.settings import Settings

# Named for what it protected first; keys that sign tokens and links are wrapped by the same ring.
WRAPPING_FOLDER = "recordings"

# What is lost with each, so that nobody goes on without it by mistake.
IRREPLACEABLE = {
    "identity.key": "everybody would have to set up their one-time code anew, every credential of a site "
    "would have to be entered again, and roles lent where a site cannot remember would stay lent",
    "lease.key": "every connected site would have to be paired anew",
    "ledger.key": "the ledger's heads would be signed by a key no outsider holds",
    WRAPPING_FOLDER: "no stored recording or record could be opened",
}


@dataclass(frozen=True)
class Keys:
    """The form key is made anew when it is gone: open forms die, nothing else. Tokens and links have a ring."""

    identity: bytes
    lease: Ed25519PrivateKey
    ledger: SigningKey
    wrapping: KeyEncryptionKey


def open_keys(settings: Settings, *, used_before: bool) -> Keys:
    """The keys in the state folder. ConfigurationError when an installation that was used has lost one."""
    folder = settings.keys_dir
    if used_before and not settings.accept_new_keys:
        _refuse_lost(folder, wrapped_here=settings.key_encryption == "file")
    return Keys(
        identity=secret_key(folder / "identity.key"),
        lease=ed25519_key(folder / "lease.key"),
        ledger=_ledger_key(settings, used_before=used_before),
        wrapping=open_key_encryption(settings, folder / WRAPPING_FOLDER),
    )


def _refuse_lost(folder: Path, *, wrapped_here: bool) -> None:
    needed = {name for name in IRREPLACEABLE if wrapped_here or name != WRAPPING_FOLDER}
    lost = [f"{name} ({IRREPLACEABLE[name]})" for name in sorted(needed) if not (folder / name).exists()]
    if lost:
        raise ConfigurationError(
            f"This broker was in use, and of its keys these are gone: {'; '.join(lost)}.",
            help="Restore them from the backup. To go on with new ones all the same, "
            "start once with BROKER_ACCEPT_NEW_KEYS=1.",
        )


def _ledger_key(settings: Settings, *, used_before: bool) -> SigningKey:
    path = settings.keys_dir / "ledger.key"
    if not path.exists():
        name = f"{settings.issuer}/ledger"
        if used_before:
            # Witnesses know the name by the lost key, and would vouch for no other under it.
            name = f"{name}-2.{secrets.token_hex(3)}"
        with suppress(ConfigurationError):  # another process was faster; its key is the one
            key = ledger_keys.generate(path, name)
            settings.ledger_public_key_path.write_text(key.public.vkey + "\n")
    return ledger_keys.load(path)
