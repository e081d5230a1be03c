"""Whether a site is of a kind that can do what policy offers there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from broker.adapters.jws import DocumentRefused
from broker.adapters.kind import Kind, kind_of
from broker.errors import ConfigurationError
from broker.sites.finding import Finding
from broker.sites.register import Site


@dataclass(frozen=True)
class Expected:
    """What the broker's own records and its policy say of a site.

    ``logins`` are linked there, ``kept`` the names of the secrets it has,
    ``offered`` the scope of each entitlement there by its id, without a patient.
    """

    logins: Sequence[str] = ()
    kept: Collection[str] = ()
    offered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    companion_required: bool = True


def fitness(site: Site, expected: Expected) -> Iterator[Finding]:
    """Everything that can be told without asking the site."""
    try:
        kind = kind_of(site.kind)
    except ConfigurationError:
        return  # whoever connects to it is told
    for name, words in kind.secrets.items():
        if name not in expected.kept:
            enter = f"{words} is missing. Enter it: broker site secret {site.id} {name}"
            yield Finding(good=False, words=enter)
    yield from _limits(site, kind, expected)
    yield from _scopes(kind, expected)


def _limits(site: Site, kind: Kind, expected: Expected) -> Iterator[Finding]:
    if not kind.limits:
        return
    label = f"{kind.title}: {'; '.join(kind.limits)}."
    if not expected.companion_required:
        yield Finding(good=True, words=f"{label} Policy accepts that here.")
        return
    then = f"Nothing is granted there unless policy says, under sites: {site.id}: companion: optional"
    yield Finding(good=False, words=f"{label} {then}")


def _scopes(kind: Kind, expected: Expected) -> Iterator[Finding]:
    misfits = [id_ for id_, scope in expected.offered.items() if not fits_anybody(kind, scope)]
    for id_ in misfits:
        words = f"Policy offers {id_} there, and {kind.title} cannot do that. Correct its site_role."
        yield Finding(good=False, words=words)
    if expected.offered and not misfits:
        yield Finding(
            good=True, words=f"It can do all that policy offers there: {', '.join(expected.offered)}."
        )


def fits_anybody(kind: Kind, scope: Mapping[str, Any]) -> bool:
    """Whether the kind could enforce the scope, which names no patient yet, for somebody."""
    # A number is a name on every kind of site.
    return fits(kind, {**scope, "patient": "1"} if {"posts", "orders"} & set(scope) else scope)


def fits(kind: Kind, scope: Mapping[str, Any]) -> bool:
    try:
        kind.check_scope(scope)
    except DocumentRefused:
        return False
    return True
