"""Reads a file that should be a receipt; nothing in it is believed yet."""

from __future__ import annotations

import json
from typing import Any, Final

from broker.errors import BrokerError
from broker.ledger.exporting.receipt import FORMAT

# A thousand entries take about two megabytes.
MAX_BYTES: Final = 64 * 1024 * 1024
_FIELDS: Final = {"format", "grant", "request", "key", "checkpoint", "entries", "later"}


class ReceiptRefused(BrokerError):
    """It proves nothing, and nothing in it is to be believed."""

    help = "Ask for the receipt again, from the broker itself. If it is refused again, tell the clinic's security."


def read_receipt(content: bytes) -> dict[str, Any]:
    """Its members, each of its kind. Raises ReceiptRefused for anything else."""
    if len(content) > MAX_BYTES:
        raise ReceiptRefused("The file is too large for a receipt.")
    try:
        file = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        raise ReceiptRefused("The file is not a receipt: it is not JSON, or damaged.") from error
    if not isinstance(file, dict) or file.get("format") != FORMAT or file.keys() != _FIELDS:
        raise ReceiptRefused("The file is not a receipt of a form this version knows.")
    texts = all(isinstance(file[name], str) for name in ("grant", "request", "key", "checkpoint"))
    if not texts or not isinstance(file["entries"], list) or not isinstance(file["later"], list):
        raise ReceiptRefused("The file is not a receipt: a part of it is of the wrong kind.")
    return file


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("two of a name")
    return found


def _never(_constant: str) -> Any:
    raise ValueError("not a number")
