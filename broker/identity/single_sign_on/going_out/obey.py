"""The provider signs somebody out: their sessions here end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from broker.errors import Conflict
from broker.identity.sessions.end_session import Why, end_sessions
from broker.identity.single_sign_on.coming_in.who_comes import ACTOR
from broker.identity.single_sign_on.going_out.logout_token import Order
from broker.identity.single_sign_on.going_out.sso_sessions import open_sessions_of
from broker.identity.single_sign_on.tables import sso_logouts
from broker.ledger.chain import Ledger
from broker.store import Transaction

# Longer than a token of it is taken, and than a sign-in it takes back can be under way.
KEPT = timedelta(days=1)


def obey(tx: Transaction, ledger: Ledger, order: Order) -> int:
    """End the sessions meant; how many. Conflict when this very order was obeyed before."""
    tx.execute(delete(sso_logouts).where(sso_logouts.c.received_at < tx.at - KEPT))
    row = {"issuer": order.issuer, "jti": order.jti, "subject": order.subject, "sid": order.sid}
    try:
        tx.execute(insert(sso_logouts).values(row | {"ordered_at": order.ordered_at, "received_at": tx.at}))
    except IntegrityError as error:
        raise Conflict("This order was obeyed already.") from error
    meant = open_sessions_of(tx, order.issuer, order.subject, order.sid)
    for person_id in sorted(set(meant.values())):
        theirs = [session_id for session_id, whose in meant.items() if whose == person_id]
        end_sessions(tx, ledger, person_id, theirs, actor=ACTOR, why=Why.SIGNED_OUT_BY_PROVIDER)
    return len(meant)
