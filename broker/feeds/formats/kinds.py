"""The kind of each event of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from broker.feeds.formats.kind import Action, Family, Kind, Loudness
from broker.ledger.entry import Recorded


def kind_of(recorded: Recorded) -> Kind:
    """One for every entry: an event this version does not know is told by its name, never left out."""
    event, facts = recorded.entry.event, recorded.entry.facts
    if event == "site.event":
        return _SEEN.get(str(facts.get("kind")), _SEEN_OTHERWISE)
    return _KINDS.get(event) or _by_name(event)


def _by_name(event: str) -> Kind:
    room, _, step = event.partition(".")
    family = _ROOMS.get(room, Family.CONFIGURATION)
    action = next((act for word, act in _VERBS.items() if word in step), Action.EXECUTE)
    failed = any(word in step for word in ("refused", "failed", "locked_out", "wrong"))
    title = f"{room} {step}".replace("_", " ").strip().capitalize()
    return Kind(family, action, title, Loudness.WARNING if failed else Loudness.INFORMATIONAL, failed)


_VERBS: Mapping[str, Action] = {
    "added": Action.CREATE,
    "made": Action.CREATE,
    "enrolled": Action.CREATE,
    "removed": Action.DELETE,
    "erased": Action.DELETE,
    "retired": Action.DELETE,
    "changed": Action.UPDATE,
    "_set": Action.UPDATE,
    "switched": Action.UPDATE,
    "linked": Action.UPDATE,
    "disabled": Action.UPDATE,
    "enabled": Action.UPDATE,
}
_ROOMS: Mapping[str, Family] = {
    **dict.fromkeys(("request", "grant", "review", "link", "token", "code", "exchange"), Family.ACCESS),
    **dict.fromkeys(("person", "passkey", "recovery_codes", "recovery_code"), Family.ACCOUNT),
    **dict.fromkeys(("session", "factor"), Family.SIGN_IN),
}


def _access(title: str, loudness: Loudness = Loudness.NOTICE, *, failed: bool = False) -> Kind:
    return Kind(Family.ACCESS, Action.EXECUTE, title, loudness, failed)


def _sign_in(title: str, *, failed: bool = False, loudness: Loudness | None = None) -> Kind:
    usual = Loudness.WARNING if failed else Loudness.INFORMATIONAL
    return Kind(Family.SIGN_IN, Action.EXECUTE, title, loudness or usual, failed)


def _record(action: Action, title: str) -> Kind:
    return Kind(Family.RECORD, action, title, Loudness.NOTICE)


_SEEN_OTHERWISE = _record(Action.EXECUTE, "Seen on the site under a grant")
_SEEN: Mapping[str, Kind] = {
    "opened": _record(Action.READ, "Opened on the site"),
    "listed": _record(Action.READ, "A list was looked through on the site"),
    "exported": replace(_record(Action.READ, "Exported from the site"), loudness=Loudness.WARNING),
    "changed": _record(Action.UPDATE, "Changed on the site"),
    "noted": _record(Action.CREATE, "A note was added on the site"),
    "used": _record(Action.EXECUTE, "Used on the site"),
    "denied": replace(_record(Action.READ, "Refused by the site"), loudness=Loudness.WARNING, failed=True),
    "signed_in": _sign_in("Signed in to the site"),
    "lease_applied": _access("The site began to let the holder in", Loudness.INFORMATIONAL),
    "lease_ended": _access("The site ended the access", Loudness.INFORMATIONAL),
}
_KINDS: Mapping[str, Kind] = {
    "request.asked": _access("Access was asked for", Loudness.INFORMATIONAL),
    "request.refused": _access("A request was refused by policy", Loudness.WARNING, failed=True),
    "request.broke_glass": _access("The glass was broken", Loudness.WARNING),
    "request.seconded": _access("One of several approvers approved"),
    "request.approved": _access("A request was approved"),
    "request.denied": _access("A request was denied", failed=True),
    "request.withdrawn": _access("A request was withdrawn", Loudness.INFORMATIONAL),
    "request.lapsed": _access("Nobody answered a request", Loudness.NOTICE, failed=True),
    "grant.issued": _access("Access was granted"),
    "grant.activating": _access("The access is being opened", Loudness.INFORMATIONAL),
    "grant.active": _access("Access is live"),
    "grant.push_failed": _access("The site did not confirm the access yet", Loudness.WARNING, failed=True),
    "grant.push_refused": _access("The site refused the access", Loudness.WARNING, failed=True),
    "grant.revoking": _access("Access ends: the broker lets nobody in any more"),
    "grant.unconfirmed": _access(
        "The site would not confirm that access is gone", Loudness.ALERT, failed=True
    ),
    "grant.revoked": _access("Access has ended, and was read back as gone"),
    "review.opened": _access("A review became due", Loudness.INFORMATIONAL),
    "review.overdue": _access("A review is overdue", Loudness.WARNING, failed=True),
    "review.signed": _access("A review was signed"),
    "link.exchanged": _record(Action.READ, "A recording or record was opened"),
    "link.refused": replace(
        _record(Action.READ, "A link was refused"), loudness=Loudness.WARNING, failed=True
    ),
    "person.signed_in": _sign_in("Signed in"),
    "person.sign_in_failed": _sign_in("A sign-in failed", failed=True),
    "person.sign_in_failures": _sign_in("Sign-ins failed", failed=True),
    "person.locked_out": _sign_in("An account was locked for a while", failed=True),
    "passkey.copied": _sign_in("A passkey seems to have been copied", failed=True, loudness=Loudness.ALERT),
    "factor.refused": _sign_in("A second factor was refused", failed=True),
    "session.ended": _sign_in("Signed out"),
    "recovery_code.used": _sign_in("A recovery code was used", loudness=Loudness.NOTICE),
    "drift.found": Kind(
        Family.CONFIGURATION, Action.EXECUTE, "A site differs from what was granted", Loudness.ALERT
    ),
    "site.changes_noticed": Kind(
        Family.CONFIGURATION, Action.EXECUTE, "Serious changes on a site, past the broker", Loudness.ALERT
    ),
    "site.events_broken": Kind(
        Family.CONFIGURATION,
        Action.EXECUTE,
        "A site's own log does not hold together",
        Loudness.ALERT,
        failed=True,
    ),
}
