"""Text that cannot break out of its line."""

from __future__ import annotations


def one_line(text: str) -> str:
    """``text`` with a blank for everything that is no visible letter: line ends, escapes, halves of letters."""
    return "".join(each if each.isprintable() else " " for each in text)
