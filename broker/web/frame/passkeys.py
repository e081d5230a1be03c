"""Where passkeys can be used, and what the page's script is told to ask them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, make_response, request

from broker.errors import BrokerError
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.web.frame.guard import session_now
from broker.web.parts import parts


def party_here() -> RelyingParty | None:
    """The relying party, when the browser is at an address where its passkeys work."""
    party = parts().lobby.party
    host = request.host.rpartition(":")[0] or request.host
    return party if party is not None and host == party.id else None


def elsewhere() -> str:
    """Where passkeys work when they do not work here: a demo opened by its bare address. Empty otherwise."""
    party = parts().lobby.party
    return "" if party is None or party_here() else party.origin


def is_script() -> bool:
    """Whether the page's own script asks, which takes JSON, and not the browser, which shows pages."""
    return request.accept_mimetypes.best == "application/json"


def challenge(refused: FactorRefused) -> Response | None:
    """What the script asks the passkey, when nothing but that is missing; otherwise None, and the page says why."""
    if refused.refusal.reason is not Reason.CHALLENGE or not is_script():
        return None
    return ask_script("get", refused.refusal.options)


def ask_script(what: str, options: str, to: str = "") -> Response:
    """``what`` is ``get`` or ``create``; ``to`` is where the form goes with a passkey that was made."""
    answer = make_response(json.dumps({what: json.loads(options), "to": to}))
    answer.mimetype = "application/json"
    return answer


@dataclass(frozen=True)
class PasskeysHere:
    """For every page: whether passkeys work here, whether whoever is signing in has one, where they work if not here."""

    possible: bool = False
    own: bool = False
    elsewhere: str = ""


def passkeys_here() -> PasskeysHere:
    """Never fails: an error page has to come out although the database does not answer."""
    try:
        now = session_now()
    except BrokerError:
        now = None
    possible = party_here() is not None
    return PasskeysHere(possible, possible and now is not None and now.person.has_passkey, elsewhere())
