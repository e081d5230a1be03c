"""How much each measurement does: enough for a figure, or just enough to show that it runs."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Sizes:
    """Counts are per round and per side; ``*_rounds`` are for the slow subjects."""

    rounds: int = 7
    commits: int = 150
    entries: int = 40_000
    tokens: int = 20_000
    small_answers: int = 400
    clients: int = 8
    ranges: int = 64
    range_bytes: int = MIB
    recording_bytes: int = 64 * MIB
    checks: int = 2_000
    people: int = 12
    lifecycle_rounds: int = 5
    grants: tuple[int, int] = (10_000, 200_000)
    known_tokens: tuple[int, int] = (10_000, 1_000_000)
    pages: int = 40
    site_rounds: int = 8
    leases: int = 100
    revocations: int = 500
    visits: int = 25
    batch_rounds: int = 3


USUAL = Sizes()
TINY = Sizes(
    rounds=2,
    commits=3,
    entries=40,
    tokens=20,
    small_answers=8,
    clients=2,
    ranges=4,
    range_bytes=100_000,
    recording_bytes=400_000,
    checks=10,
    people=2,
    lifecycle_rounds=1,
    grants=(60, 120),
    known_tokens=(20, 60),
    pages=3,
    site_rounds=1,
    leases=3,
    revocations=4,
    visits=2,
    batch_rounds=1,
)
