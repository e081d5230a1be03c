"""A fingerprint of what a policy means: comments, order of files and layout do not count, everything else does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import timedelta
from typing import Any

import rfc8785

# Raised when the same words come to mean something else in evaluate.py.
MEANING = 1


def digest_of(content: Mapping[str, Any]) -> str:
    """64 hex characters: SHA-256 over RFC 8785 canonical JSON, durations in whole seconds."""
    return hashlib.sha256(rfc8785.dumps(_plain({"meaning": MEANING, **content}))).hexdigest()


def _said(value: Any, field: Field[Any]) -> bool:
    # What a later version of the language added and a policy leaves out must not change its digest.
    return not (field.default is None and getattr(value, field.name) is None)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in fields(value) if _said(value, field)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return str(value) if isinstance(value, str) else value
