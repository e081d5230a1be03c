"""Which OCSF class and activity a step is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from broker.feeds.formats.kind import Action, Family, Kind
from broker.ledger.entry import Recorded


class Class(IntEnum):
    ACCOUNT_CHANGE = 3001
    AUTHENTICATION = 3002
    AUTHORIZE_SESSION = 3003
    ENTITY_MANAGEMENT = 3004
    USER_ACCESS = 3005
    WEB_RESOURCES = 6001

    @property
    def category(self) -> int:
        return self.value // 1000


OTHER = 99


@dataclass(frozen=True)
class Classified:
    """``activity`` 99 is one OCSF has no number for; its name is then the ledger's."""

    of: Class
    activity: int

    @property
    def type_uid(self) -> int:
        return self.of * 100 + self.activity


def classify(recorded: Recorded, kind: Kind) -> Classified:
    event = recorded.entry.event
    if event in _EXACT:
        return Classified(*_EXACT[event])
    if kind.family is Family.SIGN_IN:
        return Classified(Class.AUTHENTICATION, OTHER)
    if kind.family is Family.ACCOUNT:
        return Classified(Class.ACCOUNT_CHANGE, OTHER)
    if kind.family is Family.RECORD:
        return Classified(Class.WEB_RESOURCES, _on_record(recorded, kind))
    return Classified(Class.ENTITY_MANAGEMENT, _ENTITY.get(kind.action, OTHER))


def _on_record(recorded: Recorded, kind: Kind) -> int:
    seen = {"listed": 5, "exported": 7}.get(str(recorded.entry.facts.get("kind")))
    return seen or _RESOURCE.get(kind.action, OTHER)


_ENTITY = {Action.CREATE: 1, Action.READ: 2, Action.UPDATE: 3, Action.DELETE: 4}
_RESOURCE = {Action.CREATE: 1, Action.READ: 2, Action.UPDATE: 3, Action.DELETE: 4}
_EXACT: Mapping[str, tuple[Class, int]] = {
    # Access itself: given once, taken back once.
    "grant.issued": (Class.USER_ACCESS, 1),
    "grant.revoked": (Class.USER_ACCESS, 2),
    "token.issued": (Class.AUTHORIZE_SESSION, 1),
    "request.asked": (Class.ENTITY_MANAGEMENT, 1),
    "review.opened": (Class.ENTITY_MANAGEMENT, 1),
    "person.signed_in": (Class.AUTHENTICATION, 1),
    "person.sign_in_failed": (Class.AUTHENTICATION, 1),
    "session.ended": (Class.AUTHENTICATION, 2),
    "person.added": (Class.ACCOUNT_CHANGE, 1),
    "person.enabled": (Class.ACCOUNT_CHANGE, 2),
    "person.password_changed": (Class.ACCOUNT_CHANGE, 3),
    "person.disabled": (Class.ACCOUNT_CHANGE, 5),
    "person.locked_out": (Class.ACCOUNT_CHANGE, 9),
    "factor.enrolled": (Class.ACCOUNT_CHANGE, 10),
    "passkey.added": (Class.ACCOUNT_CHANGE, 10),
    "factor.removed": (Class.ACCOUNT_CHANGE, 11),
    "factor.forgotten": (Class.ACCOUNT_CHANGE, 11),
    "passkey.removed": (Class.ACCOUNT_CHANGE, 11),
}
