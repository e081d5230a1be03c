"""What a person reads before software may use something of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from broker.credentials.authorizing.wanted import Choice, Wanted, choices_of
from broker.credentials.clients.register import Client
from broker.credentials.clients.scopes import SCOPES
from broker.identity.people import Person
from broker.policy.catalog import Catalog
from broker.policy.scope_words import software_words
from broker.store import Reader
from broker.web.telling.naming import patient_shown, title_of


@dataclass(frozen=True)
class Lendable:
    """One live access the software could use. ``patient`` is the clinic's opaque id."""

    id: str
    title: str
    patient: str
    ends_at: datetime
    may: str


@dataclass(frozen=True)
class ConsentPage:
    """``software`` is the name an administrator gave it, ``goes_to`` the host its person is sent back to."""

    software: str
    goes_to: str
    accesses: tuple[Lendable, ...]
    scopes: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return bool(self.accesses or self.scopes)


def consent_page(
    reader: Reader,
    catalog: Catalog,
    person: Person,
    client: Client,
    *,
    redirect_uri: str,
    wanted: Wanted | None,
    scopes: frozenset[str],
) -> ConsentPage:
    choices = [] if wanted is None else choices_of(reader, person.id, wanted)
    return ConsentPage(
        software=client.name,
        goes_to=urlsplit(redirect_uri).hostname or "an app on this device",
        accesses=tuple(_lendable(reader, catalog, choice) for choice in choices),
        scopes=tuple(SCOPES[name] for name in SCOPES if name in scopes),
    )


def _lendable(reader: Reader, catalog: Catalog, choice: Choice) -> Lendable:
    grant = choice.grant
    return Lendable(
        id=grant.id,
        title=title_of(catalog, grant.entitlement),
        patient=patient_shown(reader, grant.patient_id),
        ends_at=grant.expires_at,
        may=" ".join(software_words(grant.scope)).removeprefix("let software "),
    )
