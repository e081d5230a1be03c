"""What a site saw, and where it differed from the records, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words

_DID = {
    "opened": "Opened {object} on {site}",
    "listed": "Looked through a list of {object} on {site}",
    "changed": "Changed {object} on {site}",
    "noted": "Added a note to {object} on {site}",
    "used": "Used {object} on {site}",
    "exported": "Exported {object} from {site}",
    "denied": "Was refused {object} on {site}",
    "signed_in": "Signed in to {site}",
    "lease_applied": "{site} began to let {account} in",
    "lease_ended": "{site} ended it",
    "contained": "{site} shut {account} out",
}
_CHANGED = {
    "role_changed": "A role was changed",
    "user_created": "An account was made",
    "user_deleted": "An account was deleted",
    "password_changed": "A password was changed",
    "email_changed": "A mail address was changed",
    "application_password_created": "An application password was made",
    "application_password_changed": "An application password was changed",
    "application_password_deleted": "An application password was deleted",
    "api_key_created": "An API key was made",
    "api_key_changed": "An API key was changed",
    "api_key_deleted": "An API key was deleted",
    "plugin_switched": "A plugin or theme was switched, installed or removed",
    "setting_changed": "A setting was changed",
    "files_changed": "Files of the site were changed",
}
_ENDED_BY = {
    "revocation": "It was told to",
    "time": "Its time was over",
    "containment": "An order about the account ended it",
}
# The lease's end and version stand in the story already, as the broker made it.
SHOWN_APART = frozenset({"object", "route", "expires_at", "version"})


def event_words(seen: Seen) -> Words:
    """``Opened post 12 on The clinic``, and by which way."""
    facts = seen.facts
    what, site = facts["facts"], seen.name(facts["site"])
    form = _DID.get(facts["kind"], "{site} saw: " + facts["kind"].replace("_", " "))
    title = form.format(object=_named(what.get("object", "something")), site=site, account=facts["account"])
    route = [f"By {what['route']}"] if what.get("route") else []
    at = f"Seen by the site at {facts['seen_at'][:19].replace('T', ' ')} UTC"
    return Words(title, ". ".join([*route, *_said(what), at]) + ".", _kind(facts["kind"]))


def _named(thing: object) -> str:
    """A kind of post as people write it: ``telehealth note 4``."""
    return str(thing).replace("_", " ")


def change_words(seen: Seen) -> Words:
    facts = seen.facts
    what = facts["facts"]
    title = f"{_CHANGED.get(facts['kind'], facts['kind'].replace('_', ' ').capitalize())} on {seen.name(facts['site'])}"
    about = [str(what["object"])] if what.get("object") else []
    by = [f"By {facts['account']}"] if facts["account"] else []
    return Words(title, ". ".join([*about, *by, *_said(what)]) + "." if about or by or _said(what) else "")


def _said(what: Mapping[str, object]) -> list[str]:
    return [_fact(name, value) for name, value in sorted(what.items()) if name not in SHOWN_APART]


def _fact(name: str, value: object) -> str:
    if name == "count":
        return "1 row" if str(value) == "1" else f"{value} rows"
    return _ENDED_BY.get(str(value), f"{name}: {value}") if name == "by" else f"{name}: {value}"


def _kind(kind: str) -> str:
    return "stop" if kind == "denied" else "done"


def _found(seen: Seen) -> Words:
    text = f"{seen.facts['sentence']} What would be done: {seen.facts['proposal']}"
    return Words(f"{seen.name(seen.facts['site'])} differed from what was granted", text, "stop")


def _repaired(seen: Seen) -> Words:
    return Words(f"{seen.name(seen.facts['site'])} was put right", f"By {seen.actor}.")


def _gone(seen: Seen) -> Words:
    return Words(f"{seen.name(seen.facts['site'])} did not differ any more")


SITE_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "site.event": event_words,
    "site.changed": change_words,
    "drift.found": _found,
    "drift.repaired": _repaired,
    "drift.gone": _gone,
}
