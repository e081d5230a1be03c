"""Access that was given, in the shapes the API tells it in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from broker.access.grant import Cause, GrantState
from broker.patients.holdings import HoldingKind
from broker.policy.decision import Path
from broker.web.api.frame.paging import Page
from broker.web.api.frame.shape import Named, Told


class GrantAct(StrEnum):
    """What the caller may do about access now."""

    END = "end"
    EXTEND = "extend"
    LINK = "link"


class Held(Told):
    """One recording or record the access opens; ``title`` holds no patient data."""

    id: str = Field(examples=["rec_0123456789abcdef0123"])
    kind: HoldingKind
    title: str


class OnSite(Told):
    """``entrance`` is where its holder goes on the site."""

    id: str
    title: str
    entrance: str


class TokensOut(Told):
    """``count`` tokens of one piece of software, the last of which ends at ``until``; ``bound``: they need a key."""

    software: str
    bound: bool
    count: int
    until: datetime


class SoftwareMayGet(Told):
    """That software may get short-lived tokens of this access for ``audience``; ``bound``: only with a key of its own."""

    audience: str
    bound: bool
    out: list[TokensOut]


class GrantRow(Told):
    """Access as a line of a list. ``unconfirmed_at``: since when its site will not say that it is gone."""

    id: str = Field(examples=["grant_0123456789abcdef0123"])
    request: str = Field(examples=["req_0123456789abcdef0123"])
    state: GrantState
    path: Path
    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    patient: str = Field(examples=["P-0000"])
    person: Named
    site: str | None
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoked_at: datetime | None
    unconfirmed_at: datetime | None
    cause: Cause | None


class GrantTold(Told):
    """All of it. ``effective``: it opens something at this instant; ``live``: it does or is about to."""

    id: str = Field(examples=["grant_0123456789abcdef0123"])
    request: str = Field(examples=["req_0123456789abcdef0123"])
    state: GrantState
    live: bool
    effective: bool
    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    kind: str
    patient: str = Field(examples=["P-0000"])
    person: Named
    permissions: list[str]
    holdings: list[Held]
    site: OnSite | None
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoked_at: datetime | None
    unconfirmed_at: datetime | None
    cause: Cause | None
    fault: str
    extends: str | None
    software: SoftwareMayGet | None
    may: list[GrantAct]


class GrantList(Page):
    items: list[GrantRow]
