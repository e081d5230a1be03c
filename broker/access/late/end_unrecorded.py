"""Access ends although nothing can be written down: put aside first, then the site is told, then what it said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from broker.access.ask_site import SiteSaid, ask_site
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, get_grant
from broker.access.late.record import Late, LateKind, ended, told
from broker.errors import Unavailable


def end_unrecorded(equipment: Equipment, grant_id: str, cause: Cause, *, actor: str) -> Grant:
    """The grant as it is from now on. Unavailable when its end could not be put aside either.

    Its site is told all the same, as far as it answers; the sweep tells it again.
    """
    with equipment.store.read() as reader:
        grant = get_grant(reader, grant_id)
    if grant.state in LIVE:
        kept = put_aside(equipment, [grant], cause, actor=actor)
    else:
        kept = grant_id in equipment.spool.ended()
    gone = _tell(equipment, grant)
    if not kept:
        raise _not_even_put_aside(gone=gone)
    with equipment.store.read() as reader:
        return get_grant(reader, grant_id)


def put_aside(equipment: Equipment, batch: Sequence[Grant], cause: Cause, *, actor: str) -> bool:
    """Whether the ends will outlive this process. From now on the broker lets nobody in with any of these grants."""
    now = equipment.store.clock.now()

    def compose(waiting: Sequence[Late]) -> list[Late]:
        known = {each.about for each in waiting if each.kind is LateKind.ENDED}
        return [
            ended(grant.id, str(cause), actor=actor, at=min(now, grant.expires_at), now=now)
            for grant in batch
            if grant.id not in known
        ]

    return equipment.spool.keep(compose)


def put_aside_said(equipment: Equipment, site_id: str, batch: Iterable[Grant], said: SiteSaid) -> None:
    """What the site said of each, once while it stays the same."""

    def compose(waiting: Sequence[Late]) -> list[Late]:
        known = {(each.about, each.facts["read_back"]) for each in waiting if each.kind is LateKind.TOLD}
        answers = [(grant.id, grant.id in said.gone) for grant in batch]
        return [
            told(grant_id, site_id, read_back=gone, at=said.asked_at)
            for grant_id, gone in answers
            if (grant_id, gone) not in known
        ]

    equipment.spool.keep(compose)


def _tell(equipment: Equipment, grant: Grant) -> bool:
    if grant.lease_version is None or grant.site_id is None:
        return False
    said = ask_site(equipment, grant.site_id, [grant], equipment.store.clock.now())
    put_aside_said(equipment, grant.site_id, [grant], said)
    return grant.id in said.gone


def _not_even_put_aside(*, gone: bool) -> Unavailable:
    if gone:
        return Unavailable(
            "The end could not be written down yet, but the site was told, and no longer lets you in.",
            help="Nothing to do: it is written down as soon as that works.",
        )
    return Unavailable(
        "The end could not be written down, so it is not sure that it will be remembered.",
        help="Try again in a minute. At its time the access ends by itself.",
    )
