"""What is wrong with a policy file, where, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from broker.errors import ConfigurationError

LISTED = 20


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend; ``line`` counts from 1, ``message`` is a sentence."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PolicyFaults(ConfigurationError):
    """The policy files cannot be used; ``faults`` holds every fault of every file, in reading order."""

    help = "Mend the lines named, then run: broker policy check"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        listing = "\n".join(str(fault) for fault in self.faults)
        super().__init__(f"The policy files have {count}, so nothing is granted by them.\n{listing}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The rest of a sentence about an unknown word: the nearest known one, or all of a few."""
    choices = sorted(known)
    near = get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known are: {', '.join(choices) or 'none'}." if len(choices) <= LISTED else "check its spelling."
