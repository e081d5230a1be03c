"""How a session began, in words a person recognises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broker.identity.factors.step_up import Method
from broker.identity.sessions.sessions import Session
from broker.identity.single_sign_on.going_out.sso_sessions import begun_by_provider
from broker.store import Reader

_ALONE = {
    Method.TOTP: "Password and one-time code",
    Method.RECOVERY: "Password and recovery code",
    Method.PASSKEY: "Passkey",
    Method.SSO: "Sign-in of the organisation",
    None: "Password only, not finished",
}
_AFTER_PROVIDER = {
    Method.TOTP: "Sign-in of the organisation and one-time code",
    Method.RECOVERY: "Sign-in of the organisation and recovery code",
    Method.PASSKEY: "Sign-in of the organisation and passkey",
    Method.SSO: "Sign-in of the organisation",
    None: "Sign-in of the organisation, not finished",
}


@dataclass(frozen=True)
class ListedSession:
    """One line in a list of somebody's sessions."""

    session: Session
    how: str


def listed(reader: Reader, found: Sequence[Session]) -> list[ListedSession]:
    by_provider = begun_by_provider(reader, [session.id for session in found])
    return [
        ListedSession(session, (_AFTER_PROVIDER if session.id in by_provider else _ALONE)[session.mfa_method])
        for session in found
    ]
