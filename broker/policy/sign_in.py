"""What policy says about how people come in, as values nothing can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True)
class SingleSignOnRules:
    """``acr_values`` and ``amr_values``: one of each must be what the provider says of a sign-in, ``max_age``
    how long ago it may have been. ``groups`` goes from a group to codes of roles; empty, no group gives any.
    """

    acr_values: tuple[str, ...] = ()
    amr_values: tuple[str, ...] = ()
    max_age: timedelta | None = None
    groups_claim: str = "groups"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    create_people: bool = False
    link_by_email: bool = False
    counts_as_factor: bool = False


@dataclass(frozen=True)
class SignIn:
    """``local_people`` are addresses that keep their local account although others have none."""

    local_accounts: bool = True
    local_people: frozenset[str] = frozenset()
    single_sign_on: SingleSignOnRules = SingleSignOnRules()


USUAL = SignIn()
