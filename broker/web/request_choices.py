"""What the request form offers this person: the union of what policy offers, checked again by the verb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from broker.identity.people import Person
from broker.policy.catalog import BreakGlass, Catalog, Entitlement
from broker.policy.durations import in_words
from broker.policy.who_may import offers
from broker.web.naming import in_a_row

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Card:
    value: str
    title: str
    text: str
    break_glass: bool


@dataclass(frozen=True)
class Choices:
    """``durations`` are minutes; ``glass`` says what follows on breaking the glass, empty when nobody may."""

    cards: tuple[Card, ...]
    purposes: Options
    reasons: Options
    durations: Options
    default_minutes: str
    glass: str


def choices_for(catalog: Catalog, person: Person) -> Choices:
    offered = offers(catalog, [str(role) for role in person.roles])
    lengths = sorted({length for each in offered for length in each.durations.offered})
    default = min((each.durations.default for each in offered), default=timedelta())
    return Choices(
        cards=tuple(_card(each, several_glasses=_some_without_glass(offered)) for each in offered),
        purposes=tuple((code, catalog.purposes[code]) for code in _purposes(offered)),
        reasons=tuple(catalog.reasons.items()),
        durations=tuple((minutes(length), in_words(length)) for length in lengths),
        default_minutes=minutes(default),
        glass=_what_follows(catalog, offered),
    )


def minutes(length: timedelta) -> str:
    return str(int(length.total_seconds() // 60))


def _card(entitlement: Entitlement, *, several_glasses: bool) -> Card:
    # Said on the cards only where they differ; otherwise the sentence beside the button says it.
    note = several_glasses and entitlement.break_glass is not None
    return Card(entitlement.id, entitlement.title, entitlement.description, note)


def _some_without_glass(offered: Iterable[Entitlement]) -> bool:
    return any(each.break_glass is None for each in offered)


def _purposes(offered: Iterable[Entitlement]) -> list[str]:
    ordinary = [code for each in offered for code in each.purposes]
    glass = [code for each in offered if each.break_glass for code in each.break_glass.purposes]
    return list(dict.fromkeys(ordinary + glass))


def _what_follows(catalog: Catalog, offered: Iterable[Entitlement]) -> str:
    breakable = [(each, each.break_glass) for each in offered if each.break_glass is not None]
    if not breakable:
        return ""
    roles = sorted({role for each, _ in breakable for role in each.approvals.roles})
    told = in_a_row(f"every {catalog.roles.get(role, role).lower()}" for role in roles)
    return f"{told.capitalize()} is told at once. {glass_terms([glass for _, glass in breakable])}"


def glass_terms(glasses: Iterable[BreakGlass]) -> str:
    """How long, and that a review is due."""
    rules = list(glasses)
    longest = max(glass.maximum for glass in rules)
    review = min(glass.review_within for glass in rules)
    return f"It ends after {in_words(longest)} at most, and a review is due within {in_words(review)}."
