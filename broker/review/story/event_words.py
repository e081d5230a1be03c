"""Each step of a grant's story in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from broker.identity.factors.step_up import Method
from broker.policy.decision import Path
from broker.policy.scope_words import scope_words, software_words
from broker.review.story.code_words import CODE_WORDS
from broker.review.story.history_words import HISTORY_WORDS
from broker.review.story.keeping_words import KEEPING_WORDS
from broker.review.story.late_words import LATE_WORDS, late_sentence
from broker.review.story.ledger_words import LEDGER_WORDS
from broker.review.story.review_words import REVIEW_WORDS
from broker.review.story.seen import Seen, Words
from broker.review.story.site_words import SITE_WORDS
from broker.review.story.token_words import TOKEN_WORDS

DIGEST_SHOWN = 12

_CAUSES = {
    "expired": "its time was over",
    "handed_back": "handed back early",
    "ended_by_security": "ended by security",
    "push_refused": "the site refused it",
}
_GONE = {
    "gone": "The site was asked again and no longer enforces it.",
    "nothing was pushed": "Nothing had been sent to a site.",
    "held by the broker alone": "Only the broker gave this access, and it gives it no longer.",
}
_LINK_FAULTS = {
    "foreign": "It was made out to another person.",
    "expired": "Its time was over.",
    "grant_ended": "The access had ended.",
    "used": "It had been used already.",
    "unknown": "The broker never handed it out.",
}
_METHODS = {
    Method.TOTP: "a one-time code",
    Method.RECOVERY: "a recovery code",
    Method.PASSKEY: "a passkey",
}


def in_words(seen: Seen) -> Words:
    """What happened. A step this version has no words for is shown by its name, never left out."""
    say = _WORDS.get(seen.recorded.entry.event)
    return say(seen) if say else Words(seen.recorded.entry.event, f"By {seen.actor}.")


def _asked(seen: Seen) -> Words:
    facts, catalog = seen.facts, seen.catalog
    offered = catalog.entitlements.get(facts["entitlement"])
    return Words(
        f"{seen.actor} asked for {'more time' if facts['path'] == Path.EXTENSION else 'access'}",
        _sentences(
            f"{offered.title if offered else facts['entitlement']}, {facts['minutes']} minutes",
            f"Purpose: {catalog.purposes.get(facts['purpose'], facts['purpose'])}",
            f"Reason: {catalog.reasons.get(facts['reason'], facts['reason'])}",
            _factor(facts),
            f"Approvals needed: {facts['approvals_needed']}",
            _policy(facts),
        ),
    )


def _broke_glass(seen: Seen) -> Words:
    text = _sentences("Access was given at once, and nobody was waited for", _policy(seen.facts))
    return Words(f"{seen.actor} broke the glass", text, "warn")


def _seconded(seen: Seen) -> Words:
    missing = seen.facts["missing"]
    more = f"{missing} more {'approval was' if missing == 1 else 'approvals were'} needed"
    return Words(f"{seen.actor} approved", _sentences(_comment(seen), more, _factor(seen.facts)))


def _approved(seen: Seen) -> Words:
    if seen.facts.get("by") == "policy":
        return Words("Policy needed nobody to approve this", _sentences(_policy(seen.facts)))
    return Words(
        f"{seen.actor} approved", _sentences(_comment(seen), _factor(seen.facts), _policy(seen.facts))
    )


def _denied(seen: Seen) -> Words:
    return Words(f"{seen.actor} denied it", _sentences(_comment(seen), _factor(seen.facts)), "stop")


def _withdrawn(seen: Seen) -> Words:
    if seen.facts.get("superseded_by"):
        return Words("The waiting request was withdrawn", "Break-glass took its place.")
    return Words(f"{seen.actor} withdrew the request")


def _lapsed(_seen: Seen) -> Words:
    return Words("The request lapsed", "Nobody answered it in time.")


def _issued(seen: Seen) -> Words:
    scope = seen.facts.get("scope", {})
    opens = [seen.name(each) for each in scope.get("holdings", ())]
    opens += scope_words(scope) + software_words(scope)
    return Words("Access was granted", _sentences("To exactly this: " + ", ".join(opens)))


def _activating(seen: Seen) -> Words:
    site = seen.facts.get("site")
    if site is None:
        return Words("The broker began to open it")
    text = f"Written down before anything was sent. Lease version {seen.facts['lease_version']}."
    return Words(f"A lease was made for the site {seen.name(site)}", text)


def _push_failed(seen: Seen) -> Words:
    title = f"The site did not confirm, try {seen.facts['tries']}"
    return Words(title, _sentences(seen.facts["fault"], "The broker went on trying"))


def _push_refused(seen: Seen) -> Words:
    return Words("The site refused the lease", _sentences(f"It said: {seen.facts['reason']}"), "stop")


def _active(seen: Seen) -> Words:
    site = seen.facts.get("site")
    return Words("Access was live", f"The site {seen.name(site)} confirmed it." if site else "")


def _link_issued(seen: Seen) -> Words:
    return Words("A link was handed out", _sentences(f"To: {seen.name(seen.facts['holding'])}"))


def _link_exchanged(seen: Seen) -> Words:
    return Words(f"{seen.actor} opened {seen.name(seen.facts['holding'])}")


def _link_refused(seen: Seen) -> Words:
    why = _LINK_FAULTS.get(seen.facts["reason"], f"Because: {seen.facts['reason']}.")
    return Words(f"A link was refused to {seen.actor}", why, "stop")


def _revoking(seen: Seen) -> Words:
    cause = seen.facts["cause"]
    by = f"By {seen.actor}" if cause in {"handed_back", "ended_by_security"} else ""
    kind = "done" if cause in {"expired", "handed_back"} else "stop"
    text = _sentences(by, late_sentence(seen.facts))
    return Words(f"Access ended: {_CAUSES.get(cause, cause)}", text, kind)


def _unconfirmed(seen: Seen) -> Words:
    text = _sentences(seen.facts["fault"], f"{seen.facts['tries']} tries", "The broker goes on trying")
    return Words("The site would not confirm that it is gone", text, "stop")


def _revoked(seen: Seen) -> Words:
    said = seen.facts["read_back"]
    return Words("Gone, and read back" if said == "gone" else "Gone", _GONE.get(said, str(said)))


def _signal_given_up(_seen: Seen) -> Words:
    return Words("A receiver was not told of the end", "It did not take the event; see Receivers.", "stop")


def _comment(seen: Seen) -> str:
    return f"“{seen.note}”" if seen.note else ""


def _factor(facts: Mapping[str, Any]) -> str:
    factor = facts.get("factor", {})
    method = _METHODS.get(factor.get("method"), factor.get("method", "nothing"))
    when = "at sign-in, still fresh" if factor.get("action_digest") == "session" else "for exactly this"
    return f"Confirmed with {method} {when}"


def _policy(facts: Mapping[str, Any]) -> str:
    return f"Policy {facts['policy'][:DIGEST_SHOWN]}"


def _sentences(*parts: str) -> str:
    return " ".join(part if part.endswith((".", "”")) else f"{part}." for part in parts if part)


_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    **SITE_WORDS,
    **TOKEN_WORDS,
    **CODE_WORDS,
    **KEEPING_WORDS,
    **HISTORY_WORDS,
    **REVIEW_WORDS,
    **LATE_WORDS,
    **LEDGER_WORDS,
    "request.asked": _asked,
    "request.broke_glass": _broke_glass,
    "request.seconded": _seconded,
    "request.approved": _approved,
    "request.denied": _denied,
    "request.withdrawn": _withdrawn,
    "request.lapsed": _lapsed,
    "grant.issued": _issued,
    "grant.activating": _activating,
    "grant.push_failed": _push_failed,
    "grant.push_refused": _push_refused,
    "grant.active": _active,
    "link.issued": _link_issued,
    "link.exchanged": _link_exchanged,
    "link.refused": _link_refused,
    "grant.revoking": _revoking,
    "grant.unconfirmed": _unconfirmed,
    "grant.revoked": _revoked,
    "signal.given_up": _signal_given_up,
}
