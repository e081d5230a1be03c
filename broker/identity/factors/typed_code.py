"""What people type or paste into the one field for a code."""

from __future__ import annotations

import unicodedata

LONGEST_TYPED = 80
_SEPARATORS = {"Zs", "Pd", "Pc", "Cc", "Cf"}


def normalise(code: str) -> str:
    """Upper case, without spaces and dashes, every digit an ASCII one; empty when far too long."""
    if len(code) > LONGEST_TYPED:
        return ""
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFKC", code)).upper()


def _plain(letter: str) -> str:
    if unicodedata.category(letter) in _SEPARATORS:
        return ""
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
