"""Take back every token of a grant that software holds; the grant itself goes on."""

from __future__ import annotations

from flask import Blueprint, Response

from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.web.frame.guard import me, signed_in
from broker.web.holding.grants import back, look
from broker.web.parts import parts

pages = Blueprint("grant_tokens", __name__)


@pages.post("/grants/<grant_id>/tokens")
@signed_in()
def withdraw(grant_id: str) -> Response:
    """No code is asked for: nothing that ends access waits for one."""
    look(grant_id)
    withdraw_tokens(parts().store, parts().ledger, me(), grant_id)
    return back(grant_id)


@pages.get("/grants/<grant_id>/tokens", endpoint="back")
@signed_in()
def to_grant(grant_id: str) -> Response:
    """Whoever had to sign in again comes back to the page, and nothing is done for them."""
    return back(grant_id)
