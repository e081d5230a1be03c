"""A grant's part of a timeline, and the words for why it ended."""

from __future__ import annotations

from collections.abc import Iterator

from broker.access.grant import Cause, Grant, GrantState
from broker.store import Reader
from broker.web.telling.effective import site_title
from broker.web.telling.step import Step

_WHY = {
    Cause.EXPIRED: "Its time was over.",
    Cause.HANDED_BACK: "It was handed back early.",
    Cause.ENDED_BY_SECURITY: "Security ended it.",
    Cause.PUSH_REFUSED: "The site refused it.",
}


def why_it_ended(grant: Grant) -> str:
    return _WHY[grant.cause] if grant.cause else _WHY[Cause.EXPIRED]


def grant_steps(reader: Reader, grant: Grant) -> Iterator[Step]:
    site = site_title(reader, grant.site_id) if grant.site_id else ""
    yield Step(grant.issued_at, "Access was granted")
    if grant.active_at:
        yield Step(grant.active_at, f"{site} confirmed it" if site else "It was ready to use")
    elif grant.is_live(reader.at):
        yield Step(None, f"Waiting for {site} to confirm", grant.fault or "", "now")
    yield from _end(reader, grant, site)


def _end(reader: Reader, grant: Grant, site: str) -> Iterator[Step]:
    if grant.is_live(reader.at):
        yield Step(grant.expires_at, "It ends by itself", kind="next")
        return
    ended_at = grant.revoking_at or grant.revoked_at or grant.expires_at
    yield Step(ended_at, "It ended", why_it_ended(grant), "stop")
    if not site:
        return
    if grant.state is GrantState.REVOKED:
        yield Step(grant.revoked_at, f"{site} was asked again and holds nothing of it")
    elif grant.unconfirmed_at:
        told = "The broker keeps trying, and somebody was told."
        yield Step(grant.unconfirmed_at, f"{site} has not confirmed that it is gone", told, "stop")
    else:
        yield Step(None, f"Waiting for {site} to confirm that it is gone", kind="now")
