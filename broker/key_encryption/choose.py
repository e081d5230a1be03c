"""Opens the key service that the settings name."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from broker.errors import ConfigurationError
from broker.key_encryption.key_folder import KeyFolder
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.several import Several
from broker.key_encryption.wrapping import KeyEncryptionKey


def open_key_encryption(settings: WrappingSettings, folder: Path) -> KeyEncryptionKey:
    """The chosen one, and those set up besides, for what they wrapped earlier. ConfigurationError when it cannot be.

    Asks nobody over a network, so that a broker starts, and takes access back, while its key service is down.
    """
    if settings.key_encryption == "file":
        return Several(KeyFolder.open_or_create(folder), *_remote(settings))
    kept = (KeyFolder(folder),) if folder.exists() else ()
    chosen, *others = _remote(settings)
    return Several(chosen, *others, *kept)


def _remote(settings: WrappingSettings) -> list[KeyEncryptionKey]:
    """The chosen one first. Their libraries are extras, imported only where they are used."""
    openers = {"transit": _transit, "aws-kms": _aws_kms}
    set_up = {"transit": settings.transit_url, "aws-kms": settings.aws_kms_key}
    order = sorted(openers, key=lambda kind: kind != settings.key_encryption)
    return [openers[kind](settings) for kind in order if set_up[kind] or kind == settings.key_encryption]


def _transit(settings: WrappingSettings) -> KeyEncryptionKey:
    try:
        from broker.key_encryption.transit import TransitKeys
    except ImportError as error:
        raise _lacks("vault") from error
    return TransitKeys(settings)


def _aws_kms(settings: WrappingSettings) -> KeyEncryptionKey:
    try:
        from broker.key_encryption.aws_kms import KmsKeys, kms_client
    except ImportError as error:
        raise _lacks("aws") from error
    return KmsKeys(settings.aws_kms_key, partial(kms_client, settings))


def _lacks(extra: str) -> ConfigurationError:
    return ConfigurationError(
        "The library of the key service that wraps keys is not installed.",
        help=f"Install the extra: pip install 'emergency-access-broker[{extra}]'",
    )
