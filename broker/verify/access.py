"""What a checked token opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from broker.verify.compact import Unreadable, text_claim, whole_number
from broker.verify.refused import BEARER, DPOP, TokenRefused

DETAILS_TYPE = "emergency_access"
_LONGEST = 255


@dataclass(frozen=True)
class Permission:
    """One thing a grant allows (an object of RFC 9396): on one patient's data of these types, these actions.

    ``identifier`` names the grant at the broker; ``patient`` is the clinic's own id.
    """

    identifier: str
    patient: str
    datatypes: frozenset[str]
    actions: frozenset[str]
    purpose: str


@dataclass(frozen=True)
class Access:
    """Whom the token speaks for and what it allows; instants are UTC.

    ``subject`` is a person, or the client itself where software acts on its own;
    ``actor`` is the software that handed the person's identity over. ``jkt`` is
    the key it is bound to. ``acr``, ``amr`` and ``auth_time`` are of the factor
    that gated the grant.
    """

    subject: str
    client_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    permissions: tuple[Permission, ...]
    scopes: frozenset[str]
    jkt: str | None
    actor: str | None
    acr: str | None
    amr: tuple[str, ...]
    auth_time: datetime | None

    def permission(self, *, patient: str, datatype: str, action: str) -> Permission | None:
        """The one that covers all three; parts of two never add up."""
        for each in self.permissions:
            if each.patient == patient and datatype in each.datatypes and action in each.actions:
                return each
        return None

    def allows(self, *, patient: str, datatype: str, action: str) -> bool:
        """Whether this may be done. Ask for every single thing that is opened."""
        return self.permission(patient=patient, datatype=datatype, action=action) is not None

    def require(self, *, patient: str, datatype: str, action: str) -> Permission:
        """As :meth:`permission`; raises :class:`TokenRefused`, to be answered 403, where there is none."""
        found = self.permission(patient=patient, datatype=datatype, action=action)
        if found is None:
            scheme = BEARER if self.jkt is None else DPOP
            raise TokenRefused("not_allowed", code="insufficient_scope", scheme=scheme)
        return found


def read_access(claims: Mapping[str, Any], audience: str) -> Access:
    """What claims whose signature, issuer, audience and time were checked say; raises :class:`Unreadable`."""
    return Access(
        subject=text_claim(claims, "sub", _LONGEST),
        client_id=text_claim(claims, "client_id", _LONGEST),
        token_id=text_claim(claims, "jti", _LONGEST),
        issued_at=_instant(claims, "iat"),
        expires_at=_instant(claims, "exp"),
        permissions=tuple(_permissions(claims.get("authorization_details", []), audience)),
        scopes=frozenset((_optional(claims, "scope") or "").split()),
        jkt=bound_to(claims),
        actor=_actor(claims),
        acr=_optional(claims, "acr"),
        amr=tuple(_texts(claims, "amr")),
        auth_time=_instant(claims, "auth_time") if "auth_time" in claims else None,
    )


def bound_to(claims: Mapping[str, Any]) -> str | None:
    """The thumbprint of the key it is bound to. Unreadable for a binding of another kind: it cannot be checked."""
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or set(confirmation) != {"jkt"}:
        raise Unreadable("bad_claims")
    return text_claim(confirmation, "jkt", 64)


def _permissions(details: Any, audience: str) -> Iterator[Permission]:
    if not isinstance(details, list) or not all(isinstance(each, dict) for each in details):
        raise Unreadable("bad_claims")
    for each in details:
        # What is of another type, or for another place, is not for us to read.
        if each.get("type") == DETAILS_TYPE and audience in _texts(each, "locations"):
            yield Permission(
                identifier=text_claim(each, "identifier", _LONGEST),
                patient=text_claim(each, "patient", _LONGEST),
                datatypes=frozenset(_texts(each, "datatypes")),
                actions=frozenset(_texts(each, "actions")),
                purpose=text_claim(each, "purpose_of_use", _LONGEST),
            )


def _actor(claims: Mapping[str, Any]) -> str | None:
    if "act" not in claims:
        return None
    if not isinstance(claims["act"], dict):
        raise Unreadable("bad_claims")
    return text_claim(claims["act"], "sub", _LONGEST)


def _optional(claims: Mapping[str, Any], name: str) -> str | None:
    return text_claim(claims, name, _LONGEST) if name in claims else None


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    found = claims.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Unreadable("bad_claims")
    return found


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    try:
        return datetime.fromtimestamp(whole_number(claims, name), UTC)
    except (OverflowError, ValueError, OSError):
        raise Unreadable("bad_claims") from None
