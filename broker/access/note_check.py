"""Warns when a note looks as if it names somebody: notes are kept for ever, and read by many."""

from __future__ import annotations

import re

MAXIMUM_LENGTH = 500

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"), "a date (of birth?)"),
    (re.compile(r"\b(?:\d[ -]?){6,}\d?\b"), "a long number (of a phone or a record?)"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "a mail address"),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Herr|Frau|Mme)\.?\s+[A-Z]\w+"), "a name"),
    (re.compile(r"\b(?:born|DOB|d\.o\.b\.|aged?\s+\d)", re.IGNORECASE), "a birth date or an age"),
    (
        re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]{2,}\s+[A-Z][a-z]{2,}\b"),
        "two capitalised words (a name?)",
    ),
)


def what_looks_identifying(note: str) -> tuple[str, ...]:
    """What in ``note`` looks like an identifier, in words that do not repeat it; empty when nothing does.

    Of a longer text only the first ``MAXIMUM_LENGTH`` characters are looked at: the time grows with their square.
    """
    note = note[:MAXIMUM_LENGTH]
    return tuple(dict.fromkeys(words for pattern, words in _PATTERNS if pattern.search(note)))
