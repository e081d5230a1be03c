"""What policy says about people a provider vouches for; ``broker.policy.catalog`` has the values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol


class Rules(Protocol):
    """``acr_values`` and ``amr_values``: one of each must be what the provider says of this sign-in.

    ``max_age`` is how long ago it may have been. ``groups`` goes from a group's name to
    the codes of roles; empty, roles are given in the broker alone.
    """

    @property
    def acr_values(self) -> tuple[str, ...]: ...
    @property
    def amr_values(self) -> tuple[str, ...]: ...
    @property
    def max_age(self) -> timedelta | None: ...
    @property
    def groups_claim(self) -> str: ...
    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def create_people(self) -> bool: ...
    @property
    def link_by_email(self) -> bool: ...
    @property
    def counts_as_factor(self) -> bool: ...
