"""Explains a decision to a person, as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from broker.policy.catalog import Catalog
from broker.policy.decision import Ask, Decision, Outcome, Subject
from broker.policy.durations import in_words
from broker.policy.evaluate import evaluate


def simulate(catalog: Catalog, subject: Subject, ask: Ask) -> tuple[Decision, str]:
    """The decision a real request would get now, and the words that explain it."""
    decision = evaluate(catalog, subject, ask)
    return decision, explain(catalog, decision)


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
