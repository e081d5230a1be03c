"""Each rule of a decision: looks at one thing, says what it found, refuses what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from broker.policy.catalog import Catalog, Entitlement, Factor
from broker.policy.decision import Ask, Path, Reason, Rule, Subject
from broker.policy.durations import in_words, shown
from broker.policy.terms import Terms

_FACTOR_WORDS = {Factor.TOTP: "one-time code or a passkey", Factor.PASSKEY: "passkey"}
_PATH_WORDS = {
    Path.ORDINARY: "An ordinary request",
    Path.BREAK_GLASS: "Break-glass",
    Path.EXTENSION: "An extension",
}


def entitlement_exists(ask: Ask, entitlement: Entitlement | None) -> Reason:
    found = entitlement is not None
    words = (
        f"Policy offers {entitlement.title}."
        if entitlement
        else f"Policy has no {shown(ask.entitlement_id)}."
    )
    return Reason(Rule.ENTITLEMENT_EXISTS, words, found)


def path_open(ask: Ask, terms: Terms | None) -> Reason:
    words = _PATH_WORDS.get(ask.path, "This way in")
    said = "is" if terms else "is not"
    return Reason(Rule.PATH_OPEN, f"{words} {said} possible for this.", terms is not None)


def role_may_ask(catalog: Catalog, entitlement: Entitlement, subject: Subject) -> Reason:
    who = _named(sorted(entitlement.who), catalog.roles)
    return Reason(Rule.ROLE_MAY_ASK, f"May be asked for by: {who}.", bool(entitlement.who & subject.roles))


def patient_covered(terms: Terms, ask: Ask) -> Reason:
    met = ask.compartment in terms.compartments
    # The same words whether the patient is absent or out of bounds: nobody learns which.
    words = (
        "The patient is covered." if met else "There is no such patient, or this does not cover the patient."
    )
    return Reason(Rule.PATIENT_COVERED, words, met)


def purpose_allowed(catalog: Catalog, terms: Terms, ask: Ask) -> Reason:
    met = ask.purpose in terms.purposes and ask.purpose in catalog.purposes
    words = f"Purposes allowed: {_named(terms.purposes, catalog.purposes)}."
    return Reason(Rule.PURPOSE_ALLOWED, words, met)


def reason_known(catalog: Catalog, ask: Ask) -> Reason:
    met = ask.reason in catalog.reasons
    words = f"Reason given: {catalog.reasons[ask.reason]}." if met else "Pick a reason from the list."
    return Reason(Rule.REASON_KNOWN, words, met)


def duration_allowed(terms: Terms, ask: Ask) -> Reason:
    granted = granted_duration(terms, ask)
    if terms.longest <= timedelta(0):
        words = "The total that policy allows is used up."
    elif granted is None:
        words = f"Asked for {in_words(ask.duration)}; at most {in_words(terms.longest)} is possible."
    elif granted < ask.duration:
        words = f"Shortened to {in_words(granted)}, the most that is possible this way."
    else:
        words = f"{in_words(granted).capitalize()} of at most {in_words(terms.longest)}."
    return Reason(Rule.DURATION_ALLOWED, words, granted is not None)


def granted_duration(terms: Terms, ask: Ask) -> timedelta | None:
    """How long the grant may last, None when not at all."""
    wanted = min(ask.duration, terms.longest) if terms.shortens else ask.duration
    return wanted if timedelta(0) < wanted <= terms.longest else None


def factor_enrolled(entitlement: Entitlement, subject: Subject) -> Reason:
    name = _FACTOR_WORDS[entitlement.factor]
    met = subject.has_passkey if entitlement.factor is Factor.PASSKEY else subject.has_factor
    words = f"Confirmed with a {name}." if met else f"Set up a {name} first, under Your account."
    return Reason(Rule.FACTOR_ENROLLED, words, met)


def reviews_done(catalog: Catalog, subject: Subject, ask: Ask) -> Reason:
    if subject.overdue_reviews == 0:
        return Reason(Rule.REVIEWS_DONE, "No review of this person's access is overdue.", met=True)
    if overrides_block(catalog, subject, ask):
        words = "A review of earlier access is overdue. The danger was stated, so it is given all the same."
        return Reason(Rule.REVIEWS_DONE, words, met=True)
    words = (
        "A review of earlier access is overdue, so nothing is granted without an approver until it is done."
    )
    return Reason(Rule.REVIEWS_DONE, words, met=False)


def overrides_block(catalog: Catalog, subject: Subject, ask: Ask) -> bool:
    """Whether an overdue review stands in the way, and the stated danger leads past it."""
    allowed = catalog.reviews.override_within is not None and ask.path is Path.BREAK_GLASS
    return allowed and ask.danger_stated and subject.overdue_reviews > 0


def _named(codes: tuple[str, ...] | list[str], words: Mapping[str, str]) -> str:
    return ", ".join(words.get(code, code) for code in codes) or "nobody"
