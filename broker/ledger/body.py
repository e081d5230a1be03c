"""An entry's canonical bytes, and the digest that names them.

The digest is RFC 6962's leaf hash, SHA-256 of a zero byte and the body, so that
a Merkle tree can be grown over the very bytes the chain is made of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785

from broker.errors import Invalid
from broker.ledger.entry import Entry, Recorded
from broker.ledger.facts import checked

FORMAT: Final = 1
MAX_BODY_BYTES: Final = 8 * 1024
# What the first entry follows: RFC 6962's hash of an empty list.
EMPTY_DIGEST: Final = hashlib.sha256(b"").hexdigest()
FIELDS: Final = frozenset(
    {"actor", "at", "event", "facts", "format", "grant", "previous", "request", "seq", "subject"}
)

_LEAF = b"\x00"


def compose(entry: Entry, seq: int, at: datetime, previous: str) -> bytes:
    """The RFC 8785 JSON of ``entry`` at its place, UTF-8; ``previous`` is 64 hex characters.

    Raises Invalid when the facts cannot be kept or the body exceeds MAX_BODY_BYTES.
    """
    body = rfc8785.dumps(
        {
            "actor": entry.actor,
            "at": instant(at),
            "event": entry.event,
            "facts": checked(entry),
            "format": FORMAT,
            "grant": entry.grant,
            "previous": previous,
            "request": entry.request,
            "seq": seq,
            "subject": entry.subject,
        }
    )
    if len(body) > MAX_BODY_BYTES:
        what = f"{len(body)} bytes, at most {MAX_BODY_BYTES} fit"
        raise Invalid(
            f"This step is too long for the ledger: {what}.", {"facts": "Keep a digest, not the text."}
        )
    return body


def decompose(body: str, digest: str) -> Recorded:
    """The entry a stored body says. The body is believed: checking it is the verifier's part."""
    said: dict[str, Any] = json.loads(body)
    entry = Entry(
        said["event"], said["actor"], said["request"], said["grant"], said["subject"], said["facts"]
    )
    return Recorded(said["seq"], parse_instant(said["at"]), digest, entry)


def read_body(body: bytes) -> dict[str, Any] | None:
    """What the body says, if it is an entry of a known format with every field of its kind. Nothing else is believed."""
    try:
        text = body.decode()
        said: dict[str, Any]
        said, end = _parsed(text)
        fine = (
            end == len(text)
            and said["format"] == FORMAT
            and said.keys() == FIELDS
            and type(said["seq"]) is int
            and type(said["at"]) is str
            and type(said["previous"]) is str
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return said if fine else None


def leaf_digest(body: bytes) -> str:
    """64 hex characters."""
    return hashlib.sha256(_LEAF + body).hexdigest()


def instant(at: datetime) -> str:
    """``2026-03-01T12:00:00.000000Z``: always 27 characters, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """The inverse of ``instant``. Raises ValueError for any other form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def is_canonical(body: bytes, said: Any) -> bool:
    """Whether ``body`` is the one RFC 8785 form of what it says (no second key of a name, no spaces)."""
    try:
        return "".join(_canonical(said, 0)).encode() == body
    except UnicodeEncodeError:
        # Half a character, written as an escape: RFC 8785 has no form for it.
        return False


def _made_once() -> Callable[[Any, int], Iterable[str]]:
    """For bodies without floats and with ASCII keys this is RFC 8785.

    ``json`` makes its encoder in C anew for each text, which takes longer than the
    encoding; where there is none in C, its slower one is taken.
    """
    usual = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return lambda said, _level: usual.iterencode(said)
    quoted = json.encoder.encode_basestring
    made: Callable[[Any, int], Iterable[str]] = make(
        None, usual.default, quoted, None, ":", ",", usual.sort_keys, usual.skipkeys, usual.allow_nan
    )
    return made


_canonical = _made_once()
_parsed = json.JSONDecoder().raw_decode
