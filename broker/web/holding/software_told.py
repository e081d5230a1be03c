"""What the page of a grant tells of software: what it may get, and which tokens are out."""

from __future__ import annotations

from dataclasses import dataclass

from broker.access.grant import Grant
from broker.access.revoke import MAY_REVOKE
from broker.credentials.tokens.of_grant import TokensOut, tokens_out
from broker.credentials.tokens.offer import offer_of
from broker.identity.people import Person
from broker.policy.durations import in_words
from broker.store import Reader


@dataclass(frozen=True)
class SoftwareTold:
    """``lifetime`` is the most a token lasts; ``out`` what can be used now, by software."""

    audience: str
    lifetime: str
    bound: bool
    usable: bool
    out: tuple[TokensOut, ...]
    may_withdraw: bool


def software_told(reader: Reader, grant: Grant, viewer: Person) -> SoftwareTold | None:
    """None for a grant of which software gets nothing."""
    offer = offer_of(grant)
    if offer is None:
        return None
    usable = grant.is_effective(reader.at)
    out = tuple(tokens_out(reader, grant.id)) if usable else ()
    may = grant.person_id == viewer.id or bool(viewer.roles & MAY_REVOKE)
    return SoftwareTold(
        audience=offer.audience,
        lifetime=in_words(offer.lifetime),
        bound=offer.dpop_required,
        usable=usable,
        out=out,
        may_withdraw=may and bool(out),
    )
