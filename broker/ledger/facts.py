"""Checks what a caller wants remembered for ever, before it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from broker.errors import Invalid
from broker.ledger.entry import Entry

MAX_DEPTH = 6
MAX_ID_CHARACTERS = 200
# The range in which every JSON reader agrees on an integer (RFC 8785, section 3.2.2.3).
MAX_INTEGER = 2**53 - 1

_EVENT = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
# Plain ASCII keys sort the same for every reader, so that the canonical form is beyond dispute.
_KEY = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")


def checked(entry: Entry) -> dict[str, Any]:
    """The entry's facts as plain JSON values.

    Raises Invalid, naming every field at fault and never showing its content.
    """
    faults: dict[str, str] = {}
    if not _EVENT.fullmatch(entry.event):
        faults["event"] = "An event is a dotted name in small letters, such as grant.active."
    for name in ("actor", "request", "grant", "subject"):
        _check_id(name, getattr(entry, name), faults)
    facts = {key: _plain(value, f"facts.{key}", 1, faults) for key, value in entry.facts.items()}
    _check_keys(facts, "facts", faults)
    if faults:
        raise Invalid(f"This step cannot be written to the ledger: {'; '.join(faults)}.", faults)
    return facts


def _check_id(name: str, value: str | None, faults: dict[str, str]) -> None:
    if value is None and name != "actor":
        return
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_ID_CHARACTERS or not _is_text(value):
        faults[name] = f"An id is text of 1 to {MAX_ID_CHARACTERS} characters."


def _check_keys(facts: Mapping[Any, Any], path: str, faults: dict[str, str]) -> None:
    for key in facts:
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            faults[path] = "A fact's name is 1 to 64 ASCII letters, digits or the signs _ . : / -"


def _plain(value: Any, path: str, depth: int, faults: dict[str, str]) -> Any:
    """A copy of ``value`` made of JSON's own types only; an enum of text becomes its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _plain_text(value, path, faults)
    if isinstance(value, int):
        return _plain_integer(value, path, faults)
    return _plain_container(value, path, depth, faults)


def _plain_container(value: Any, path: str, depth: int, faults: dict[str, str]) -> Any:
    if depth > MAX_DEPTH:
        faults[path] = f"Facts nest at most {MAX_DEPTH} deep."
        return None
    if isinstance(value, Mapping):
        _check_keys(value, path, faults)
        return {key: _plain(item, f"{path}.{key}", depth + 1, faults) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, f"{path}[{place}]", depth + 1, faults) for place, item in enumerate(value)]
    kind = type(value).__name__
    faults[path] = (
        f"A fact is text, a whole number, yes or no, nothing, a list or a mapping; this is a {kind}."
    )
    return None


def _plain_text(value: str, path: str, faults: dict[str, str]) -> str:
    if not _is_text(value):
        faults[path] = "This text holds half a character (a lone surrogate)."
    return str.__str__(value)


def _plain_integer(value: int, path: str, faults: dict[str, str]) -> int:
    if abs(value) > MAX_INTEGER:
        faults[path] = "A whole number this large is not read alike everywhere; write it as text."
    return int(value)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
