"""What an event says: pure, and never anything of a patient.

Event types of CAEP 1.0, subjects as RFC 9493 and SSF 1.0 write them: access is a session named by the
grant's id, which tokens carry as ``authorization_details[].identifier``; a token is named by its ``jti``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

_CAEP = "https://schemas.openid.net/secevent/caep/event-type/"


class Event(StrEnum):
    SESSION_REVOKED = "session-revoked"
    TOKEN_CLAIMS_CHANGE = "token-claims-change"  # noqa: S105 - the name of an event

    @property
    def uri(self) -> str:
        return _CAEP + self.value


VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"

_WHY: Mapping[str, tuple[str, str]] = {
    "expired": ("policy", "Its time was over."),
    "handed_back": ("user", "The holder handed it back."),
    "ended_by_security": ("admin", "Security ended it."),
    "push_refused": ("system", "The site did not accept it."),
    "let_go": ("system", "The software that held it let go of it."),
    "withdrawn": ("user", "It was withdrawn."),
    "code_used_twice": ("system", "The code it came from was used twice."),
    "shut_out": ("admin", "Who held it was shut out or signed out."),
}
_OTHERWISE = ("admin", "It was taken back.")

Said = dict[str, Any]


def access_ended(issuer: str, *, grant: str, person: str, cause: str, at: datetime) -> Said:
    """``sub_id`` and ``events`` for the end of one grant of ``person``."""
    subject = {
        "format": "complex",
        "session": {"format": "opaque", "id": grant},
        "user": {"format": "iss_sub", "iss": issuer, "sub": person},
    }
    return {"sub_id": subject, "events": {Event.SESSION_REVOKED.uri: _about(cause, at)}}


def token_ended(issuer: str, *, jti: str, detailed: bool, cause: str, at: datetime) -> Said:
    """``sub_id`` and ``events`` for a token that is good for nothing from ``at`` on, whatever it says itself."""
    claims: Said = {"exp": _seconds(at)}
    if detailed:
        claims["authorization_details"] = []
    subject = {"format": "jwt_id", "iss": issuer, "jti": jti}
    event = {**_about(cause, at), "claims": claims}
    return {"sub_id": subject, "events": {Event.TOKEN_CLAIMS_CHANGE.uri: event}}


def stream_verified(receiver: str, state: str) -> Said:
    """``sub_id`` and ``events`` that prove a stream works: ``state`` comes back in nobody's answer but the log."""
    return {"sub_id": {"format": "opaque", "id": receiver}, "events": {VERIFICATION: {"state": state}}}


def _about(cause: str, at: datetime) -> Said:
    who, why = _WHY.get(cause, _OTHERWISE)
    return {"event_timestamp": _seconds(at), "initiating_entity": who, "reason_admin": {"en": why}}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
