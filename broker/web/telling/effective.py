"""What somebody would really be able to do: the effective permissions, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from broker.errors import NotFound
from broker.patients.holdings import Holding, HoldingKind, find_holding
from broker.policy.scope_words import scope_words, software_words
from broker.sites.register import get_site
from broker.store import Reader

MOST_NAMED = 4
_VERBS = {HoldingKind.RECORDING: "Play", HoldingKind.RECORD: "Read"}


class Scoped(Protocol):
    """A request or a grant."""

    @property
    def scope(self) -> Mapping[str, Any]: ...

    @property
    def site_id(self) -> str | None: ...


def effective_permissions(reader: Reader, scoped: Scoped) -> tuple[str, ...]:
    """One sentence for each thing that can be done, and nothing that cannot."""
    if scoped.site_id is not None:
        # Of resources the site itself knows what else they open; see ``opened``.
        bounds = "" if "resources" in scoped.scope else ", nothing else"
        on_site = f"on {site_title(reader, scoped.site_id)}{bounds}"
        phrases = [f"{phrase[0].upper()}{phrase[1:]}" for phrase in scope_words(scoped.scope)]
        alone = ["Only in the browser that uses it first"] if "session" in scoped.scope else []
        return (*(f"{phrase} {on_site}" for phrase in phrases), *alone, *_for_software(scoped))
    held = holdings_named(reader, scoped)
    lines = [f"{_VERBS[each.kind]} “{each.title}”" for each in held[:MOST_NAMED]]
    if len(held) > MOST_NAMED:
        lines.append(f"and {len(held) - MOST_NAMED} more of this patient's")
    return (*lines, *_for_software(scoped))


def _for_software(scoped: Scoped) -> list[str]:
    return [f"{phrase[0].upper()}{phrase[1:]}" for phrase in software_words(scoped.scope)]


def holdings_named(reader: Reader, scoped: Scoped) -> list[Holding]:
    """The recordings or records a scope names."""
    found = (find_holding(reader, holding_id) for holding_id in scoped.scope.get("holdings", ()))
    return [holding for holding in found if holding is not None]


def site_title(reader: Reader, site_id: str) -> str:
    try:
        return get_site(reader, site_id).title
    except NotFound:
        return site_id
