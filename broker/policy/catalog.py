"""What the policy files mean, as values nothing can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class EntitlementKind(StrEnum):
    """What somebody gets hold of."""

    RECORDING = "recording"
    RECORD = "record"
    SITE_ROLE = "site_role"


class Factor(StrEnum):
    """The second factor an act is confirmed with."""

    TOTP = "totp"


class Capability(StrEnum):
    """What a role on a site may do with one patient's posts. Nothing wider can be written down."""

    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True)
class Durations:
    """``offered`` are the form's choices, ``maximum`` the most anybody gets at once."""

    offered: tuple[timedelta, ...]
    default: timedelta
    maximum: timedelta


@dataclass(frozen=True)
class Approvals:
    """``needed`` different people of ``roles``. The last two are None only when nobody ever decides."""

    needed: int
    roles: frozenset[str]
    lapse_after: timedelta | None
    factor_fresh_for: timedelta | None


@dataclass(frozen=True)
class BreakGlass:
    """``offered_after`` is how long a request waits before its page offers this way."""

    maximum: timedelta
    purposes: tuple[str, ...]
    compartments: frozenset[str]
    offered_after: timedelta
    review_within: timedelta


@dataclass(frozen=True)
class Extension:
    """``total`` counts the first grant and everything that extends it."""

    total: timedelta
    approvals_needed: int


@dataclass(frozen=True)
class SiteRole:
    """The scope of a lease: posts of ``post_type`` whose ``meta_key`` names the patient."""

    site: str
    post_type: str
    meta_key: str
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True)
class Entitlement:
    """One thing policy offers. ``break_glass`` and ``extension`` are None when policy forbids them,
    ``review_within`` when ordinary grants are not reviewed, ``site_role`` for every other kind.
    """

    id: str
    title: str
    description: str
    kind: EntitlementKind
    who: frozenset[str]
    compartments: frozenset[str]
    purposes: tuple[str, ...]
    durations: Durations
    factor: Factor
    approvals: Approvals
    break_glass: BreakGlass | None
    extension: Extension | None
    review_within: timedelta | None
    site_role: SiteRole | None


@dataclass(frozen=True)
class Catalog:
    """Everything the files say. ``digest`` is 64 hex characters over the meaning, not the writing;
    the other mappings go from a code to the words people read.
    """

    entitlements: Mapping[str, Entitlement]
    digest: str
    reasons: Mapping[str, str]
    purposes: Mapping[str, str]
    roles: Mapping[str, str]
    compartments: Mapping[str, str]
