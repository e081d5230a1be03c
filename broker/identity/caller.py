"""Who is at the other end of the line, as far as anybody can tell before they sign in."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_SOURCE = 64
LONGEST_DEVICE = 120


@dataclass(frozen=True)
class Caller:
    """``source`` counts failed tries; ``device`` is shown to the person in their list of sessions.

    ``source`` is the network address, or better, where the browser shows a signed
    cookie from an earlier sign-in, that cookie's id: then nobody behind the same
    hospital address can slow this browser down.
    """

    source: str
    device: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", _plain(self.source, LONGEST_SOURCE) or "unknown")
        object.__setattr__(self, "device", _plain(self.device, LONGEST_DEVICE) or "Unknown device")


def _plain(text: str, longest: int) -> str:
    return "".join(letter for letter in text[: longest * 2] if letter.isprintable()).strip()[:longest]
