"""Exchanges a code for the token a person allowed: once, and only for who asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from broker.access.grant import get_grant
from broker.credentials.authorizing.code import Allowed, Code, find_code, fits_challenge
from broker.credentials.authorizing.refused import CodeFault, CodeRefused, ProofMissing
from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.clients.register import Client
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.issue import issue_for_grant, issue_for_person
from broker.credentials.tokens.offer import offer_of
from broker.credentials.tokens.revoke import revoke_by_id
from broker.errors import BrokerError, Conflict, NotFound, Refused
from broker.identity.tables import sessions
from broker.ledger.entry import Entry
from broker.store import Store, Transaction


@dataclass(frozen=True)
class Shown:
    """What a client shows with a code; ``jkt`` is the thumbprint of the key it holds."""

    code: str
    redirect_uri: str
    verifier: str
    jkt: str | None


def redeem(store: Store, mint: Mint, client: Client, shown: Shown, api_audience: str) -> Issued:
    """The token; of several tries at once exactly one succeeds.

    Raises ProofMissing, and CodeRefused for whatever else it is, after the refusal and what follows
    from it are written: so it commits its own transaction and must not run inside another.
    """
    mint.keys.current()  # unwrapped before the transaction, not inside it
    with store.write() as tx:
        code = find_code(tx, shown.code)
        fault = _fault(tx, code, client, shown)
        if code is not None and fault is None:
            _refuse_unbound(tx, code.allowed, shown)
            answer = _issue(tx, mint, code.allowed, shown.jkt, api_audience)
            _use_up(tx, code, answer if isinstance(answer, Issued) else None)
            if isinstance(answer, Issued):
                return answer
            fault = CodeFault.ENDED
        _write_down(tx, mint, client, code, fault or CodeFault.UNKNOWN)
    raise CodeRefused(fault or CodeFault.UNKNOWN)


def _fault(tx: Transaction, code: Code | None, client: Client, shown: Shown) -> CodeFault | None:
    if code is None:
        return CodeFault.UNKNOWN
    if code.allowed.client_id != client.id:
        return CodeFault.FOREIGN
    if code.used_at is not None:
        return CodeFault.USED
    if tx.at >= code.expires_at:
        return CodeFault.EXPIRED
    return _mismatch(code.allowed, shown) or _over(tx, code.allowed)


def _mismatch(allowed: Allowed, shown: Shown) -> CodeFault | None:
    if shown.redirect_uri != allowed.redirect_uri:
        return CodeFault.WRONG_ADDRESS
    if not fits_challenge(shown.verifier, allowed.challenge):
        return CodeFault.WRONG_VERIFIER
    return CodeFault.WRONG_KEY if allowed.jkt not in {None, shown.jkt} else None


def _over(tx: Transaction, allowed: Allowed) -> CodeFault | None:
    # Whoever signed out in the meantime meant it.
    open_ = (sessions.c.id == allowed.session_id) & sessions.c.ended_at.is_(None)
    still_there = tx.one_or_none(select(sessions.c.id).where(open_))
    return CodeFault.SIGNED_OUT if still_there is None else None


def _refuse_unbound(tx: Transaction, allowed: Allowed, shown: Shown) -> None:
    if allowed.grant_id is None or shown.jkt is not None:
        return
    offer = offer_of(get_grant(tx, allowed.grant_id))
    if offer is not None and offer.dpop_required:
        raise ProofMissing("Policy wants a token for this access that is bound to a key.")


def _issue(
    tx: Transaction, mint: Mint, allowed: Allowed, jkt: str | None, api_audience: str
) -> Issued | BrokerError:
    """The token, or the rule that speaks against it now; nothing was written then."""
    try:
        if allowed.grant_id is None:
            return issue_for_person(
                tx,
                mint,
                person_id=allowed.person_id,
                client_id=allowed.client_id,
                audience=api_audience,
                scopes=allowed.scopes,
                jkt=jkt,
                acr=allowed.acr,
                amr=allowed.amr,
                auth_time=allowed.auth_time,
            )
        grant = get_grant(tx, allowed.grant_id)
        if grant.person_id != allowed.person_id:
            return NotFound("Whose access it is and who allowed it must be one person.")
        offer = offer_of(grant)
        audience = offer.audience if offer else ""
        return issue_for_grant(tx, mint, grant=grant, client_id=allowed.client_id, audience=audience, jkt=jkt)
    except (Refused, Conflict, NotFound) as rule:
        return rule


def _write_down(tx: Transaction, mint: Mint, client: Client, code: Code | None, fault: CodeFault) -> None:
    if code is None:
        return  # anybody can make up codes: nothing is kept of them
    if fault is CodeFault.USED and code.jti is not None:
        # Two parties had the code, and nobody can say which of them holds the token (RFC 9700, 2.1.1).
        revoke_by_id(tx, mint, code.jti, actor="broker", why="code_used_twice")
    elif fault not in {CodeFault.USED, CodeFault.FOREIGN} and code.used_at is None:
        _use_up(tx, code, None)
    about, who = code.allowed.grant_id, code.allowed.person_id
    facts = {"code": code.id, "client": client.id, "software": client.name, "reason": fault.value}
    mint.ledger.append(
        tx, Entry("code.refused", f"client:{client.id}", grant=about, subject=who, facts=facts)
    )


def _use_up(tx: Transaction, code: Code, issued: Issued | None) -> None:
    unused = (authorization_codes.c.id == code.id) & authorization_codes.c.used_at.is_(None)
    values = {"used_at": tx.at, "jti": issued.token.jti if issued else None}
    if tx.execute(update(authorization_codes).where(unused).values(**values)).rowcount != 1:
        raise Conflict("This code was used in the meantime.")
