"""A grant's steps in short sentences for who holds a receipt and nothing else: no names, no policy, no catalog.

The broker's own pages tell more, because they can look up who an id is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from broker.ledger.entry import Recorded

_CAUSES: Final = {
    "expired": "its time was over",
    "handed_back": "handed back early",
    "ended_by_security": "ended by security",
    "push_refused": "the site refused it",
}
_READ_BACK: Final = {
    "gone": "the site was asked again and no longer allows it",
    "nothing was pushed": "nothing had been sent to a site",
    "held by the broker alone": "only the broker gave this access, and gives it no longer",
}
_PATHS: Final = {"break_glass": "access, breaking the glass", "extension": "more time"}
_SENTENCES: Final[Mapping[str, str]] = {
    "request.asked": "{actor} asked for {path}: {entitlement}, {minutes} minutes, purpose {purpose}, reason {reason}.",
    "request.broke_glass": "{actor} broke the glass: access was given at once, and nobody was waited for.",
    "request.seconded": "{actor} approved; more approvals were needed.",
    "request.approved": "{approved}",
    "request.denied": "{actor} denied it.",
    "request.withdrawn": "The request was withdrawn.",
    "request.lapsed": "The request lapsed: nobody answered in time.",
    "grant.issued": "Access was granted to {subject}.",
    "grant.activating": "The broker began to open it.",
    "grant.push_failed": "The site did not confirm it; the broker went on trying.",
    "grant.push_refused": "The site refused it.",
    "grant.active": "Access was live.",
    "grant.revoking": "Access ended: {cause}.",
    "grant.ended_late": "Access ended, and that could be written down only later.",
    "grant.told_late": "A step was written down later than it happened.",
    "grant.unconfirmed": "The site would not confirm that it is gone; the broker went on trying.",
    "grant.revoked": "It is gone: {read_back}.",
    "link.issued": "A link was handed out.",
    "link.exchanged": "{actor} opened what the link leads to.",
    "link.refused": "A link was refused.",
    "token.issued": "Software got a token.",
    "token.revoked": "A token was withdrawn.",
    "site.event": "The site saw the access used.",
    "note.erased": "The text of a note was erased; its digest stays.",
    "review.opened": "A review was opened.",
    "review.overdue": "Nobody had reviewed it in time.",
    "review.assigned": "The review was given to somebody.",
    "review.reopened": "The review was opened again.",
    "review.signed": "A reviewer closed the review: {outcome}.",
}


def in_plain_words(recorded: Recorded, named: Callable[[str], str] = lambda each: each) -> str:
    """What the entry tells. A step without a sentence is told by its name, never left out.

    ``named`` says who an id is, for who can look it up.
    """
    entry = recorded.entry
    actor, subject = _shown(named(entry.actor)), _shown(entry.subject and named(entry.subject))
    sentence = _SENTENCES.get(entry.event)
    if sentence is None:
        return f"{entry.event}, by {actor}."
    return sentence.format_map(_Told(entry.facts, actor, subject))


class _Told(dict[str, str]):
    """The words a sentence asks for; what an entry does not say, or says in another form, is told as such."""

    def __init__(self, facts: Mapping[str, Any], actor: str, subject: str) -> None:
        self._facts = facts
        by_policy = facts.get("by") == "policy"
        super().__init__(
            actor=actor,
            subject=subject,
            approved="Policy needed nobody to approve it." if by_policy else f"{actor} approved.",
            path=_PATHS.get(str(facts.get("path")), "access"),
            cause=_CAUSES.get(str(facts.get("cause")), _shown(facts.get("cause"))),
            read_back=_READ_BACK.get(str(facts.get("read_back")), _shown(facts.get("read_back"))),
        )

    def __missing__(self, name: str) -> str:
        return _shown(self._facts.get(name))


def _shown(value: object) -> str:
    """One line without control characters: a receipt from a stranger must not drive the reader's terminal."""
    if value is None:
        return "not said"
    if not isinstance(value, str | int):
        return "more than one line can show"
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(value))[:200]
