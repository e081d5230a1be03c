"""What a scope opens on a site that knows more about it than its names say, asked of the site itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.access.equipment import Equipment
from broker.errors import BrokerError, NotFound
from broker.sites.register import Site, get_site
from broker.store import Reader
from broker.web.telling.effective import Scoped


@dataclass(frozen=True)
class Opened:
    """``words`` are the site's own; empty when it gave no answer in time."""

    words: tuple[str, ...]

    @property
    def said(self) -> str:
        return "The site itself says" if self.words else "The site does not say now"

    @property
    def more(self) -> str:
        if self.words:
            return "; ".join(self.words)
        return (
            "It opens every page and route of the site that asks for nothing more than what is named above."
        )


def site_to_ask(reader: Reader, scoped: Scoped) -> Site | None:
    """The site that knows more, None where the names say all (or the site is no longer connected)."""
    if scoped.site_id is None or "resources" not in scoped.scope:
        return None
    try:
        return get_site(reader, scoped.site_id)
    except NotFound:
        return None


def opened_on_site(equipment: Equipment, site: Site, scope: Mapping[str, Any]) -> Opened:
    """Calls the site: never inside a transaction."""
    try:
        return Opened(equipment.adapter_for(site).effective(scope))
    except BrokerError:
        # Whoever decides is told so; what the site cannot say must not keep a patient waiting.
        return Opened(())
