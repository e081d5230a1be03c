"""What the request form offers this person: the union of what policy offers, checked again by the verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from broker.policy.catalog import BreakGlass, Catalog, Entitlement, EntitlementKind, Factor
from broker.policy.durations import in_words
from broker.web.telling.naming import in_a_row

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

    def filled_in(self, values: Mapping[str, str]) -> dict[str, str]:
        """What was typed, with the likeliest answer where nothing was: seconds count on this form."""
        likely = {"duration": self.default_minutes, "purpose": self.purposes[0][0] if self.purposes else ""}
        if len(self.cards) == 1:
            likely["entitlement"] = self.cards[0].value
        return {name: values[name] or likely.get(name, "") for name in values}


def choices_for(catalog: Catalog, offered: Sequence[Entitlement]) -> Choices:
    """The form for what is ``offered``, in the order of the policy files."""
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
    return Card(entitlement.id, entitlement.title, _described(entitlement), note)


def _described(entitlement: Entitlement) -> str:
    beside = entitlement.credential and entitlement.kind is not EntitlementKind.CREDENTIAL
    token = " Software may get a token for it as well." if beside else ""
    passkey = " Confirmed with a passkey only." if entitlement.factor is Factor.PASSKEY else ""
    return f"{entitlement.description}{token}{passkey}"


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
