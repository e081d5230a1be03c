"""Why a code becomes no token."""

from __future__ import annotations

from enum import StrEnum

from broker.errors import Refused


class CodeFault(StrEnum):
    """Why a code was refused, as the ledger names it."""

    UNKNOWN = "unknown"
    FOREIGN = "foreign"  # handed out for another client
    USED = "used"
    EXPIRED = "expired"
    WRONG_ADDRESS = "wrong_address"
    WRONG_VERIFIER = "wrong_verifier"
    WRONG_KEY = "wrong_key"
    SIGNED_OUT = "signed_out"
    ENDED = "ended"  # the access, or the person's own


class CodeRefused(Refused):
    """A code that becomes no token. Who showed it learns no more than that."""

    help = "Send the person to the authorization endpoint again."

    def __init__(self, fault: CodeFault) -> None:
        super().__init__("This code cannot be exchanged for a token.")
        self.fault = fault


class ProofMissing(Refused):
    """The token would have to be bound to a key, and none was shown; the code can still be used."""

    help = "Send a DPoP proof (RFC 9449) with the code."
