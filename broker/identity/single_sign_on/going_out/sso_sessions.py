"""Which sessions a provider began, so that it can end them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, insert, select, update

from broker.errors import Unavailable
from broker.identity.secret_box import SecretBox
from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.tables import sso_logouts, sso_sessions
from broker.identity.tables import sessions
from broker.store import Reader, Store, Transaction

# Longer ones make addresses that servers refuse.
LONGEST_HINT = 3_000


def note_session(tx: Transaction, box: SecretBox, session_id: str, vouched: Vouched, id_token: str) -> None:
    hint = box.seal(id_token.encode(), _about(session_id)) if len(id_token) <= LONGEST_HINT else None
    row = {"session_id": session_id, "issuer": vouched.issuer, "subject": vouched.subject, "sid": vouched.sid}
    tx.execute(insert(sso_sessions).values(row | {"id_token": hint}))


def begun_by_provider(reader: Reader, session_ids: Collection[str]) -> frozenset[str]:
    """Those of ``session_ids`` that a provider began."""
    mine = select(sso_sessions.c.session_id).where(sso_sessions.c.session_id.in_(session_ids))
    return frozenset(row.session_id for row in reader.all(mine))


def hint_of(reader: Reader, box: SecretBox, session_id: str) -> str | None:
    """The ID token a session began with; empty when it is not kept, None when no provider began the session."""
    row = reader.one_or_none(select(sso_sessions.c.id_token).where(sso_sessions.c.session_id == session_id))
    if row is None:
        return None
    try:
        return "" if row.id_token is None else box.open(row.id_token, _about(session_id)).decode()
    except Unavailable:
        return ""


def forget_hints(store: Store) -> int:
    """Drop the ID tokens of sessions that are over, in a commit of its own; how many."""
    over = select(sessions.c.id).where(sessions.c.ended_at.is_not(None))
    kept = sso_sessions.c.id_token.is_not(None) & sso_sessions.c.session_id.in_(over)
    with store.write() as tx:
        return tx.execute(update(sso_sessions).where(kept).values(id_token=None)).rowcount


def open_sessions_of(reader: Reader, issuer: str, subject: str, sid: str) -> dict[str, str]:
    """Session ids and whose they are: of one sign-in at the provider, or all of ``subject`` without ``sid``."""
    meant = [sso_sessions.c.issuer == issuer]
    meant += [sso_sessions.c.sid == sid] if sid else []
    meant += [sso_sessions.c.subject == subject] if subject else []
    found = select(sessions.c.id, sessions.c.person_id).join(
        sso_sessions, sso_sessions.c.session_id == sessions.c.id
    )
    rows = reader.all(found.where(*meant, sessions.c.ended_at.is_(None)))
    return {row.id: row.person_id for row in rows}


def signed_out_since(reader: Reader, vouched: Vouched) -> bool:
    """Whether the provider took this sign-in back before it arrived here."""
    ordered = sso_logouts.c
    by_sid: ColumnElement[bool] = (ordered.sid == vouched.sid) & (ordered.sid != "")
    by_subject = (
        (ordered.subject == vouched.subject) & (ordered.sid == "") & (ordered.ordered_at > vouched.issued_at)
    )
    found = select(ordered.jti).where(ordered.issuer == vouched.issuer, by_sid | by_subject).limit(1)
    return reader.one_or_none(found) is not None


def _about(session_id: str) -> str:
    return f"id-token:{session_id}"
