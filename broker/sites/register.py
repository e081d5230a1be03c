"""Which sites are connected, and what a person or a patient is called on one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Row, select, update

from broker.errors import Invalid, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.sites.tables import site_accounts, site_patients, sites
from broker.sites.watch import begin_watching
from broker.store import Reader, Transaction

SITE_ID = re.compile(r"[a-z][a-z0-9-]{1,59}")
CONNECTED = select(sites.c.id).where(sites.c.retired_at.is_(None))
"""The ids of all sites that were not let go."""


@dataclass(frozen=True)
class Site:
    """One connected site; ``id`` is the audience its leases are signed for."""

    id: str
    kind: str
    title: str
    base_url: str
    allow_private: bool
    added_at: datetime


def add_site(tx: Transaction, ledger: Ledger, site: Site, *, actor: str) -> Site:
    """Connect a site. Raises Invalid when its id is taken or a value cannot be used."""
    _check(site)
    _refuse_taken(tx, site.id)
    tx.execute(
        sites.insert().values(
            id=site.id,
            kind=site.kind,
            title=site.title,
            base_url=site.base_url.rstrip("/"),
            allow_private=site.allow_private,
            lease_version=0,
            added_at=tx.at,
        )
    )
    begin_watching(tx, site.id)
    ledger.append(tx, Entry("site.added", actor, facts={"site": site.id, "kind": site.kind}))
    return get_site(tx, site.id)


def get_site(reader: Reader, site_id: str) -> Site:
    """The site, or NotFound."""
    row = reader.one_or_none(select(sites).where(sites.c.id == site_id, sites.c.retired_at.is_(None)))
    if row is None:
        raise NotFound(
            f"No connected site is called {site_id!r}.",
            help="List them with: broker site list. Connect one with: broker site add.",
        )
    return _site(row)


def list_sites(reader: Reader) -> list[Site]:
    return [
        _site(row)
        for row in reader.all(select(sites).where(sites.c.retired_at.is_(None)).order_by(sites.c.id))
    ]


def reserve_versions(tx: Transaction, site_id: str) -> int:
    """A version no document for this site has carried yet; the one after it is kept for the revocation.

    A revocation can so be signed from the grant alone, also while nothing can be written.
    """
    tx.execute(update(sites).where(sites.c.id == site_id).values(lease_version=sites.c.lease_version + 2))
    return int(tx.execute(select(sites.c.lease_version).where(sites.c.id == site_id)).scalar_one()) - 1


def raise_mark(tx: Transaction, site_id: str) -> None:
    """The site is about to be told of an end, whose version was given out with its beginning.

    Without a mark of its own, a backup of the site from between the two would look as new as the site.
    """
    tx.execute(update(sites).where(sites.c.id == site_id).values(lease_version=sites.c.lease_version + 1))


def newest_version(reader: Reader, site_id: str) -> int:
    """The highest version any document for this site carries, or is kept for a revocation."""
    return int(
        reader.execute(select(sites.c.lease_version).where(sites.c.id == site_id)).scalar_one_or_none() or 0
    )


def raise_versions(tx: Transaction, site_id: str, past: int) -> None:
    """Give out no version up to ``past`` any more: the site was told of it, and these records know nothing of that."""
    lower = (sites.c.id == site_id) & (sites.c.lease_version < past)
    tx.execute(update(sites).where(lower).values(lease_version=past))


def link_account(
    tx: Transaction, ledger: Ledger, site_id: str, person_id: str, account: str, *, actor: str
) -> None:
    """Say which account on the site is this person's; replaces an earlier answer."""
    get_site(tx, site_id)
    own = (site_accounts.c.site_id == site_id) & (site_accounts.c.person_id == person_id)
    tx.execute(site_accounts.delete().where(own))
    tx.execute(site_accounts.insert().values(site_id=site_id, person_id=person_id, account=account))
    facts = {"site": site_id, "account": account}
    ledger.append(tx, Entry("site.account_linked", actor, subject=person_id, facts=facts))


def account_of(reader: Reader, site_id: str, person_id: str) -> str | None:
    """The person's account on the site, None when nobody linked one."""
    own = (site_accounts.c.site_id == site_id) & (site_accounts.c.person_id == person_id)
    answer = reader.execute(select(site_accounts.c.account).where(own)).scalar_one_or_none()
    return None if answer is None else str(answer)


def link_patient(
    tx: Transaction, ledger: Ledger, site_id: str, patient_id: str, site_ref: str, *, actor: str
) -> None:
    """Say what the site calls this patient, where it is not the clinic's own id."""
    get_site(tx, site_id)
    own = (site_patients.c.site_id == site_id) & (site_patients.c.patient_id == patient_id)
    tx.execute(site_patients.delete().where(own))
    tx.execute(site_patients.insert().values(site_id=site_id, patient_id=patient_id, site_ref=site_ref))
    ledger.append(tx, Entry("site.patient_linked", actor, facts={"site": site_id, "patient": patient_id}))


def patient_ref(reader: Reader, site_id: str, patient_id: str, clinic_ref: str) -> str:
    """What the site calls the patient: the linked name, else the clinic's own id."""
    own = (site_patients.c.site_id == site_id) & (site_patients.c.patient_id == patient_id)
    answer = reader.execute(select(site_patients.c.site_ref).where(own)).scalar_one_or_none()
    return clinic_ref if answer is None else str(answer)


def _refuse_taken(reader: Reader, site_id: str) -> None:
    row = reader.one_or_none(select(sites.c.retired_at).where(sites.c.id == site_id))
    if row is None:
        return
    fault = {"id": "choose another id"}
    if row.retired_at is None:
        raise Invalid(f"There is a site {site_id!r} already.", fault)
    # Documents signed for the old site would be good on the new one.
    raise Invalid(f"A site {site_id!r} was retired; choose another id for this one.", fault)


def _site(row: Row[Any]) -> Site:
    return Site(row.id, row.kind, row.title, row.base_url, row.allow_private, row.added_at)


def _check(site: Site) -> None:
    faults = {}
    if not SITE_ID.fullmatch(site.id):
        faults["id"] = "2 to 60 of a-z, 0-9 and -, beginning with a letter"
    parts = _parts(site.base_url)
    if parts.scheme not in {"http", "https"} or not _has_host(parts) or parts.username or parts.query:
        faults["base_url"] = "a plain address such as https://clinic.example"
    elif parts.scheme == "http" and not site.allow_private:
        faults["base_url"] = "https is required, except for a private test site (--allow-private)"
    if faults:
        raise Invalid(
            "This site cannot be connected: " + "; ".join(f"{k}: {v}" for k, v in faults.items()), faults
        )


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # a bracket that never closes
        return urlsplit("")


def _has_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or too large
        return False
