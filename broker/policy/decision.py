"""The question put to policy and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from broker.policy.catalog import Factor


class Path(StrEnum):
    """The way in somebody takes."""

    ORDINARY = "ordinary"
    BREAK_GLASS = "break_glass"
    EXTENSION = "extension"


class Outcome(StrEnum):
    """What policy answers."""

    ALLOW_AFTER_APPROVAL = "allow_after_approval"
    ALLOW_NOW = "allow_now"
    REFUSE = "refuse"


class Rule(StrEnum):
    """Every rule by the code that stands in decisions, in the ledger and in refusals."""

    ENTITLEMENT_EXISTS = "entitlement-exists"
    PATH_OPEN = "path-open"
    ROLE_MAY_ASK = "role-may-ask"
    PATIENT_COVERED = "patient-covered"
    PURPOSE_ALLOWED = "purpose-allowed"
    REASON_KNOWN = "reason-known"
    DURATION_ALLOWED = "duration-allowed"
    FACTOR_ENROLLED = "factor-enrolled"
    REVIEWS_DONE = "reviews-done"
    MAY_DECIDE = "may-decide"


@dataclass(frozen=True)
class Subject:
    """Who asks. ``has_factor``: any second factor is set up; ``has_passkey``: that one is.
    ``overdue_reviews``: how many of this person's reviews are past their deadline.
    """

    person_id: str
    roles: frozenset[str]
    has_factor: bool
    overdue_reviews: int = 0
    has_passkey: bool = False


@dataclass(frozen=True)
class Ask:
    """What for. ``compartment`` is the patient's, None when there is no such patient.
    ``already_held``, for an extension: what the grant it follows, and all before that, last together.
    ``danger_stated``: the person said what threatens the patient, to pass the block of an overdue review.
    """

    entitlement_id: str
    path: Path
    purpose: str
    reason: str
    duration: timedelta
    compartment: str | None
    already_held: timedelta = timedelta(0)
    danger_stated: bool = False


@dataclass(frozen=True)
class Reason:
    """One rule that was looked at; ``words`` say what was found, for a person."""

    code: Rule
    words: str
    met: bool


@dataclass(frozen=True)
class Decision:
    """Policy's answer. When it refuses, it gives no duration, no approvers, nothing to act on.

    ``duration`` may be less than was asked, when break-glass or an extension was shortened.
    ``lapse_after`` and ``approver_factor_fresh_for`` are None when nobody has to approve,
    ``review_within`` when no review is due, ``break_glass_after`` when breaking the glass would be refused.
    ``overrides_block``: an overdue review would have refused it, had the danger not been stated.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    policy_digest: str
    duration: timedelta = timedelta(0)
    approvals_needed: int = 0
    approver_roles: frozenset[str] = frozenset()
    factor: Factor | None = None
    approver_factor_fresh_for: timedelta | None = None
    lapse_after: timedelta | None = None
    break_glass_after: timedelta | None = None
    review_within: timedelta | None = None
    overrides_block: bool = False

    @property
    def allowed(self) -> bool:
        return self.outcome is not Outcome.REFUSE

    @property
    def refusals(self) -> tuple[Rule, ...]:
        """The codes of the rules that were not met."""
        return tuple(reason.code for reason in self.reasons if not reason.met)
