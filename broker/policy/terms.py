"""What policy lays down for one way in: how long at most, for whom, after how many approvals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from broker.policy.catalog import Entitlement
from broker.policy.decision import Ask, Path


@dataclass(frozen=True)
class Terms:
    """``longest`` is never more than the ordinary maximum. ``shortens``: whoever asks for more gets
    ``longest`` instead of a refusal, because somebody in a hurry must not meet a dead end.
    """

    purposes: tuple[str, ...]
    compartments: frozenset[str]
    longest: timedelta
    shortens: bool
    approvals_needed: int
    review_within: timedelta | None


def terms_of(entitlement: Entitlement, ask: Ask) -> Terms | None:
    """The terms of the way asked for, None when policy does not open it."""
    find = _TERMS.get(ask.path)
    return find(entitlement, ask) if find else None


def _ordinary(entitlement: Entitlement, _ask: Ask) -> Terms | None:
    return Terms(
        purposes=entitlement.purposes,
        compartments=entitlement.compartments,
        longest=entitlement.durations.maximum,
        shortens=False,
        approvals_needed=entitlement.approvals.needed,
        review_within=entitlement.review_within,
    )


def _break_glass(entitlement: Entitlement, _ask: Ask) -> Terms | None:
    glass = entitlement.break_glass
    if glass is None:
        return None
    return Terms(
        purposes=glass.purposes,
        compartments=glass.compartments & entitlement.compartments,
        longest=min(glass.maximum, entitlement.durations.maximum),
        shortens=True,
        approvals_needed=0,
        review_within=glass.review_within,
    )


def _extension(entitlement: Entitlement, ask: Ask) -> Terms | None:
    extension, glass = entitlement.extension, entitlement.break_glass
    if extension is None or ask.already_held < timedelta(0):
        return None
    # A grant that began by breaking the glass keeps its purpose when it is extended.
    purposes = entitlement.purposes + (glass.purposes if glass else ())
    return Terms(
        purposes=tuple(dict.fromkeys(purposes)),
        compartments=entitlement.compartments,
        longest=min(entitlement.durations.maximum, extension.total - ask.already_held),
        shortens=True,
        approvals_needed=extension.approvals_needed,
        review_within=entitlement.review_within,
    )


_TERMS: Mapping[Path, Callable[[Entitlement, Ask], Terms | None]] = {
    Path.ORDINARY: _ordinary,
    Path.BREAK_GLASS: _break_glass,
    Path.EXTENSION: _extension,
}
