"""What a bundle holds, file by file, under the signature of the ledger's key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note
from broker.review.evidence.binder import Binder
from broker.review.evidence.days import Days

FORMAT: Final = "broker-evidence/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.note"
_SAID = ("drawn_at", "drawn_by", "version", "sample", "seed", "figures", "ledger_size")


def sign(binder: Binder, key: SigningKey, said: Mapping[str, Any], found: Mapping[str, int]) -> None:
    """Add the manifest of everything bound so far, and its signature. ``found`` counts exceptions by kind."""
    days: Days = said["days"]
    manifest = {
        "format": FORMAT,
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        **{name: said[name] for name in _SAID},
        "exceptions": dict(found),
        "ties": [asdict(each) for each in said["ties"]],
        "files": {name: vars(bound) for name, bound in binder.files.items()},
    }
    text = binder.values(MANIFEST, manifest)
    binder.text(SIGNATURE, sign_note(f"{signed_text(key.name, text.encode())}at {said['drawn_at']}\n", key))


def signed_text(ledger: str, manifest: bytes) -> str:
    """The first two lines of what is signed; the first sets it apart from a checkpoint of the same key."""
    return f"{ledger}/evidence\n{hashlib.sha256(manifest).hexdigest()}\n"
