"""The authorization details of a token (RFC 9396): one object that says whose, what, and what for."""

from __future__ import annotations

from typing import Any

from broker.credentials.tokens.access_token import AccessToken
from broker.credentials.tokens.offer import Offer

TYPE = "emergency_access"


def details_of(offer: Offer, *, grant_id: str, patient_ref: str, purpose: str) -> dict[str, Any]:
    """``patient_ref`` is the clinic's own id, ``purpose`` HL7's code for the purpose of use."""
    return {
        "type": TYPE,
        "identifier": grant_id,
        "locations": [offer.audience],
        "datatypes": list(offer.datatypes),
        "actions": list(offer.actions),
        "patient": patient_ref,
        "purpose_of_use": purpose,
    }


def named_grant(token: AccessToken) -> str | None:
    """The grant that the signed claims of a token name, whatever its row says beside them."""
    return next((str(each.get("identifier")) for each in token.authorization_details), None)
