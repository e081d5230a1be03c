"""The one analysis behind every decision, for a dry run and for the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from broker.policy import rules
from broker.policy.catalog import Catalog, Entitlement
from broker.policy.decision import Ask, Decision, Outcome, Path, Reason, Subject
from broker.policy.terms import Terms, terms_of


def evaluate(catalog: Catalog, subject: Subject, ask: Ask) -> Decision:
    """Policy's answer with every rule it looked at. Never raises; whatever is unknown refuses."""
    entitlement = catalog.entitlements.get(ask.entitlement_id)
    terms = terms_of(entitlement, ask) if entitlement else None
    reasons = tuple(_reasons(catalog, subject, ask, entitlement, terms))
    if entitlement is None or terms is None or not all(reason.met for reason in reasons):
        return Decision(Outcome.REFUSE, reasons, catalog.digest)
    allowed = _allow(catalog, entitlement, terms, ask, reasons)
    if terms.approvals_needed > 0 or not rules.overrides_block(catalog, subject, ask):
        return allowed
    return replace(allowed, overrides_block=True, review_within=_sooner(catalog, allowed.review_within))


def _reasons(
    catalog: Catalog, subject: Subject, ask: Ask, entitlement: Entitlement | None, terms: Terms | None
) -> Iterator[Reason]:
    yield rules.entitlement_exists(ask, entitlement)
    if entitlement is None:
        return
    yield rules.role_may_ask(catalog, entitlement, subject)
    yield rules.path_open(ask, terms)
    yield rules.reason_known(catalog, ask)
    yield rules.factor_enrolled(entitlement, subject)
    if terms is None:
        return
    yield rules.patient_covered(terms, ask)
    yield rules.purpose_allowed(catalog, terms, ask)
    yield rules.duration_allowed(terms, ask)
    if terms.approvals_needed == 0:
        yield rules.reviews_done(catalog, subject, ask)


def _allow(
    catalog: Catalog, entitlement: Entitlement, terms: Terms, ask: Ask, reasons: tuple[Reason, ...]
) -> Decision:
    allowed = Decision(
        outcome=Outcome.ALLOW_NOW,
        reasons=reasons,
        policy_digest=catalog.digest,
        duration=rules.granted_duration(terms, ask) or timedelta(0),
        factor=entitlement.factor,
        review_within=terms.review_within,
    )
    if terms.approvals_needed == 0:
        return allowed
    return replace(
        allowed,
        outcome=Outcome.ALLOW_AFTER_APPROVAL,
        approvals_needed=terms.approvals_needed,
        approver_roles=entitlement.approvals.roles,
        approver_factor_fresh_for=entitlement.approvals.factor_fresh_for,
        lapse_after=entitlement.approvals.lapse_after,
        break_glass_after=_break_glass_after(catalog, entitlement, ask),
    )


def _sooner(catalog: Catalog, within: timedelta | None) -> timedelta | None:
    said = [each for each in (within, catalog.reviews.override_within) if each is not None]
    return min(said, default=None)


def _break_glass_after(catalog: Catalog, entitlement: Entitlement, ask: Ask) -> timedelta | None:
    """When the waiting request may offer to break the glass; None when these terms would refuse it."""
    terms = terms_of(entitlement, replace(ask, path=Path.BREAK_GLASS))
    if ask.path is not Path.ORDINARY or entitlement.break_glass is None or terms is None:
        return None
    possible = rules.patient_covered(terms, ask).met and rules.purpose_allowed(catalog, terms, ask).met
    return entitlement.break_glass.offered_after if possible else None
