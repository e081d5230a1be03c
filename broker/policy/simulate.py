"""Puts a question to policy in words a person can check, and explains the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from broker.policy.catalog import Catalog, Entitlement
from broker.policy.decision import Ask, Decision, Outcome, Subject
from broker.policy.durations import in_words
from broker.policy.scope_words import software_words
from broker.policy.terms import terms_of


def fill_in(catalog: Catalog, entitlement: Entitlement, ask: Ask) -> Ask:
    """The ask with the first purpose and compartment policy accepts, where it names none."""
    terms = terms_of(entitlement, ask)
    if terms is None:
        return ask
    covered = [code for code in catalog.compartments if code in terms.compartments]
    return replace(
        ask,
        purpose=ask.purpose or next(iter(terms.purposes), ""),
        compartment=ask.compartment or next(iter(covered), None),
    )


def describe(catalog: Catalog, entitlement: Entitlement, subject: Subject, ask: Ask) -> str:
    """What is asked, so that whoever reads the answer knows what was assumed."""
    roles = ", ".join(catalog.roles.get(role, role) for role in sorted(subject.roles)) or "no role"
    rows = {
        "Who": f"{subject.person_id} ({roles})",
        "What": f"{entitlement.title} ({entitlement.id})",
        "For software": _software(entitlement),
        "Way": ask.path.replace("_", "-"),
        "Purpose": ask.purpose or "none",
        "Reason": ask.reason,
        "Patient": f"in compartment {ask.compartment}" if ask.compartment else "none",
        "For": in_words(ask.duration),
        "Overdue reviews": str(subject.overdue_reviews),
    }
    return "\n".join(f"{name + ':':17}{value}" for name, value in rows.items())


def _software(entitlement: Entitlement) -> str:
    said = entitlement.credential
    return "; ".join(software_words({"credential": said.section})) if said else "nothing"


def explain(catalog: Catalog, decision: Decision) -> str:
    """The answer first, then every rule that was looked at, then what would follow."""
    return "\n".join(
        [
            _answer(decision),
            "",
            *(
                f"  [{'ok' if reason.met else 'NO'}] {reason.words} ({reason.code})"
                for reason in decision.reasons
            ),
            "",
            *_consequences(catalog, decision),
            f"Policy digest: {decision.policy_digest}",
        ]
    )


def _answer(decision: Decision) -> str:
    match decision.outcome:
        case Outcome.ALLOW_NOW:
            return f"Yes, at once, for {in_words(decision.duration)}."
        case Outcome.ALLOW_AFTER_APPROVAL:
            return f"Yes, for {in_words(decision.duration)}, after {_people(decision.approvals_needed)} approved."
        case Outcome.REFUSE:
            return f"No. Not met: {', '.join(decision.refusals)}."


def _consequences(catalog: Catalog, decision: Decision) -> Iterator[str]:
    if not decision.allowed:
        return
    roles = ", ".join(catalog.roles.get(role, role) for role in sorted(decision.approver_roles))
    if decision.approvals_needed:
        yield f"Approved by: {roles}; never by the person who asks."
    if decision.lapse_after:
        yield f"Unanswered, the request lapses after {in_words(decision.lapse_after)}."
    if decision.break_glass_after:
        yield f"Unanswered for {in_words(decision.break_glass_after)}, its page offers to break the glass."
    if decision.review_within:
        yield f"Somebody must review it within {in_words(decision.review_within)}."
    else:
        yield "No review follows by itself; the grant stands in the history."


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} different people have"
