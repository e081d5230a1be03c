"""How the ledger and its witnesses stand, in sentences for an administrator."""

from __future__ import annotations

from dataclasses import dataclass

from broker.witness.asking.standing import Standing
from broker.witness.start import mismatches
from broker.witness.watch import Watch

NO_WITNESS = "No witness vouches for this ledger, so whoever holds this machine could set it back unseen. See docs/witness.md"


@dataclass(frozen=True)
class Finding:
    """``words`` say what was found and, when it is bad, what to do."""

    good: bool
    words: str


def examine(watch: Watch) -> list[Finding]:
    """Holds the database against the last checkpoint, and asks every witness now. Signs nothing new."""
    found = mismatches(watch)
    findings = [Finding(good=False, words=words) for words in found] or [_own(watch)]
    if barred := watch.guard.found():
        findings.append(
            Finding(
                good=False, words=f"Nothing is granted since {barred.at or 'an unknown time'}: {barred.words}"
            )
        )
    if not watch.witnesses.named:
        return [*findings, Finding(good=True, words=NO_WITNESS)]
    # What contradicts was told above.
    quiet = [each for each in watch.witnesses.standings() if each[1].contradiction is None]
    return [
        *findings,
        *(Finding(good=standing.well, words=f"{w.key.name}: {in_words(standing)}") for w, standing in quiet),
    ]


def in_words(standing: Standing) -> str:
    """One sentence or two of what is known of a witness."""
    if standing.contradiction:
        return standing.contradiction.words
    if standing.vouched_at is None:
        return standing.fault or "It was not asked yet."
    vouches = f"It vouches for the first {standing.size:,} entries, since {standing.vouched_at:%Y-%m-%d %H:%M:%S} UTC."
    return f"{standing.fault} {vouches}" if standing.fault else vouches


def _own(watch: Watch) -> Finding:
    last = watch.keeper.last()
    if last is None:
        return Finding(
            good=True, words="No checkpoint was signed yet; the broker signs one when it is served."
        )
    return Finding(
        good=True, words=f"The ledger goes on from its last checkpoint, of {last[1].size:,} entries."
    )
