"""Kinds of sites, and how one is found: each is an entry point, ours as well as a third party's.

A package adds one by naming an object that satisfies :class:`Kind` in the
entry-point group ``emergency_access_broker.adapters``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

from broker.adapters.lease import LeaseSigner
from broker.adapters.port import Adapter
from broker.clock import Clock
from broker.errors import ConfigurationError

GROUP = "emergency_access_broker.adapters"


class Memory(Protocol):
    """What an adapter must not forget about its site, kept by the broker and sealed at rest.

    For sites that cannot remember by themselves, such as which roles an account
    held before. Each write is committed before the call returns.
    """

    def read(self, key: str) -> str | None: ...

    def write(self, key: str, value: str) -> None: ...

    def forget(self, key: str) -> None: ...

    def keys(self) -> list[str]: ...

    def claim(self, key: str, seconds: float) -> bool:
        """Whether nobody else holds ``key``; holds it for ``seconds`` at most, over all processes."""
        ...

    def release(self, key: str) -> None: ...


@dataclass(frozen=True)
class Connection:
    """What an adapter is given to reach one site.

    ``mark`` answers the highest document version reserved for the site. ``secrets``
    are the site's own credentials by name, where its kind wants any; ``options``
    its settings.
    """

    site: str
    base_url: str
    allow_private: bool
    signer: LeaseSigner
    clock: Clock
    mark: Callable[[], int]
    memory: Memory
    # Never in a log, not even in that of a crash.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One kind of site.

    ``limits`` are sentences about what it cannot promise; with any of them a
    policy has to allow it. ``secrets`` and ``options`` name what a connection
    needs, each with the words that ask for it.
    """

    title: str
    limits: tuple[str, ...]
    secrets: Mapping[str, str]
    options: Mapping[str, str]

    def connect(self, connection: Connection) -> Adapter: ...

    def check_scope(self, scope: Mapping[str, Any]) -> None:
        """Raise ``DocumentRefused`` unless a site of this kind could enforce ``scope``."""
        ...

    def pairing_words(self, text: str) -> str:
        """What the site's operator does with the pairing ``text``, step by step."""
        ...


def kind_names() -> list[str]:
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def limits_of(name: str) -> tuple[str, ...]:
    """What sites of the kind cannot promise; nothing is known of a kind that no package brings."""
    try:
        return kind_of(name).limits
    except ConfigurationError:
        return ()


@cache  # looking through all installed packages takes longer than all else a page does
def kind_of(name: str) -> Kind:
    """The kind called ``name``; ConfigurationError when no installed package brings it, or two do."""
    found = list(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        how = "more than one package brings" if found else "no installed package brings"
        raise ConfigurationError(
            f"This site is of kind {name!r}, and {how} an adapter for it.",
            help=f"Known here: {', '.join(kind_names())}.",
        )
    kind: Kind = found[0].load()
    return kind
