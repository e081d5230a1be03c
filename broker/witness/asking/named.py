"""The witnesses a broker was told of: ``public key`` and address, pairs separated by commas."""

from __future__ import annotations

from dataclasses import dataclass

from broker.adapters.reach import read_address
from broker.errors import ConfigurationError, SiteError
from broker.ledger.signing.cosign import CosignerKey, parse_cosigner

_HELP = (
    "BROKER_WITNESSES reads: PUBLIC-KEY URL, PUBLIC-KEY URL. The witness shows its key: broker witness show"
)


@dataclass(frozen=True)
class Named:
    """``url`` has no slash at its end."""

    key: CosignerKey
    url: str


def parse_witnesses(text: str) -> tuple[Named, ...]:
    """Raises ConfigurationError for anything else than such pairs, and for a witness named twice."""
    found = tuple(_named(part) for part in text.replace("\n", ",").split(",") if part.strip())
    if len({each.key for each in found}) != len(found):
        raise ConfigurationError("A witness is named twice.", help=_HELP)
    return found


def _named(part: str) -> Named:
    words = part.split()
    if len(words) != 2:  # noqa: PLR2004 - a key and an address
        raise ConfigurationError("A witness is a public key and an address.", help=_HELP)
    vkey, url = words
    try:
        # On a network of the clinic's own, a witness is as good: what it says is signed.
        read_address(url, allow_private=True)
        return Named(parse_cosigner(vkey), url.rstrip("/"))
    except SiteError as error:
        raise ConfigurationError(
            "A witness's address begins with https:// or http://.", help=_HELP
        ) from error
    except ConfigurationError as error:
        raise ConfigurationError(f"A witness's public key cannot be used. {error}", help=_HELP) from error
