"""What administrators are told of a site itself, where no request and no grant is what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from broker.errors import NotFound
from broker.identity.people import Role, with_role
from broker.ledger.entry import Recorded
from broker.notify.what_is_said import Words, in_local_time
from broker.notify.who_is_told import Standing, Told
from broker.sites.register import get_site
from broker.store import Reader

SITE_NOTICES = frozenset({"drift.found", "site.changes_noticed", "site.contain_unconfirmed"})

_CHANGES = {
    "role_changed": "a role was changed",
    "user_created": "an account was made",
    "application_password_created": "an application password was made",
    "api_key_created": "an API key was made",
    "plugin_switched": "a plugin was switched on or off",
    "files_changed": "files of the site were changed",
}


def is_told(recorded: Recorded) -> bool:
    """Of the differences only those are told that cannot wait until somebody looks."""
    return recorded.entry.event != "drift.found" or recorded.entry.facts.get("alarm") is True


def who_runs_sites(reader: Reader) -> list[Told]:
    return [Told(person, Standing.ADMIN) for person in with_role(reader, Role.ADMIN) if not person.disabled]


def what_happened(reader: Reader, recorded: Recorded, zone: tzinfo) -> Words:
    """Words and our own ids: no account, no sentence of the site's, nothing of a patient."""
    facts: Mapping[str, Any] = recorded.entry.facts
    return {
        "site": _title(reader, str(facts["site"])),
        "site_id": str(facts["site"]),
        "at": in_local_time(recorded.at, zone),
        "kind": facts.get("kind"),
        "drift": facts.get("drift"),
        "count": facts.get("count"),
        "changes": "; ".join(_CHANGES.get(kind, kind) for kind in facts.get("kinds", ())),
        "order": facts.get("order"),
        "tries": facts.get("tries"),
    }


def _title(reader: Reader, site_id: str) -> str:
    try:
        return get_site(reader, site_id).title
    except NotFound:
        return site_id
