"""What the policy files mean, as values nothing can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from broker.policy.keeping import USUAL_KEEPING, KeepingRules
from broker.policy.reviewing import USUAL_ODDITIES, USUAL_REVIEWS, OddityRules, ReviewRules
from broker.policy.sign_in import USUAL, SignIn


class EntitlementKind(StrEnum):
    """What somebody gets hold of."""

    RECORDING = "recording"
    RECORD = "record"
    SITE_ROLE = "site_role"
    CREDENTIAL = "credential"


class Factor(StrEnum):
    """The second factor an act is confirmed with: a code or anything better, or a passkey, which no faked page can use."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Capability(StrEnum):
    """What a role on a site may do with one patient's posts. Nothing wider can be written down."""

    READ = "read"
    EDIT = "edit"


class OrderCapability(StrEnum):
    """What a role on a shop may do with one patient's orders; adding notes includes reading."""

    READ = "read"
    NOTES = "notes"


class CustomerMatch(StrEnum):
    """How a shop's customer is told from the patient: by the customer's number, or by what their profile says."""

    CUSTOMER_ID = "customer_id"
    CUSTOMER_META = "customer_meta"


class Repair(StrEnum):
    """What the broker may put right by itself where a site differs from its records."""

    MISSING = "missing"
    UNKNOWN = "unknown"


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
    """``scope`` is what a lease for ``site`` will open, in JSON its kind of site defines, the patient left out."""

    site: str
    scope: Mapping[str, Any]

    @property
    def limited_to_patient(self) -> bool:
        return limited_to_patient(self.scope)


def limited_to_patient(scope: Mapping[str, Any]) -> bool:
    """Whether the scope opens one patient's things and so has to name the patient."""
    return "posts" in scope or "orders" in scope


@dataclass(frozen=True)
class Credential:
    """What software gets of a grant: tokens good at ``audience`` alone, for one patient, for ``lifetime`` each."""

    audience: str
    datatypes: tuple[str, ...]
    actions: tuple[str, ...]
    lifetime: timedelta
    dpop_required: bool

    @property
    def section(self) -> dict[str, Any]:
        """As JSON, for the scope of a request and of its grant."""
        return {
            "audience": self.audience,
            "datatypes": list(self.datatypes),
            "actions": list(self.actions),
            "lifetime_s": int(self.lifetime.total_seconds()),
            "dpop": "required" if self.dpop_required else "allowed",
        }


@dataclass(frozen=True)
class SiteRules:
    """What holds for one site whatever is granted there.

    ``companion_required``: a site that cannot enforce leases by itself is refused.
    ``stop_super_admins``: who administers the whole network has no standing right to
    what entitlements offer there. ``repair``: what may be put right unasked.
    """

    companion_required: bool = True
    stop_super_admins: bool = False
    repair: frozenset[Repair] = frozenset()


STRICT = SiteRules()


@dataclass(frozen=True)
class Entitlement:
    """One thing policy offers. ``break_glass`` and ``extension`` are None when policy forbids them,
    ``review_within`` when ordinary grants are not reviewed, ``site_role`` for every other kind,
    ``credential`` when software gets nothing of it.
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
    credential: Credential | None = None


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
    sites: Mapping[str, SiteRules] = field(default_factory=dict)
    sign_in: SignIn = USUAL
    reviews: ReviewRules = USUAL_REVIEWS
    oddities: OddityRules = USUAL_ODDITIES
    keeping: KeepingRules = USUAL_KEEPING

    def rules_of(self, site: str) -> SiteRules:
        """The strictest when nothing is said about the site."""
        return self.sites.get(site, STRICT)

    def offered_on(self, site: str) -> list[SiteRole]:
        """What entitlements open on the site."""
        roles = (each.site_role for each in self.entitlements.values())
        return [role for role in roles if role is not None and role.site == site]
