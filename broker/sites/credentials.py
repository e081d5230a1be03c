"""What lets the broker in at a site, sealed, and the settings its kind of site wants."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from broker.errors import Invalid, SiteError
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.sealing import CannotOpen, Seal
from broker.sites.tables import site_claims, site_memory, site_options, site_secrets
from broker.store import Reader, Transaction

LONGEST_SECRET = 4000
LONGEST_OPTION = 500
SEALED_FOR = "sites"


def set_secret(
    tx: Transaction, ledger: Ledger, seal: Seal, site_id: str, name: str, value: str, *, actor: str
) -> None:
    """Keep ``value`` as the site's ``name``, in place of an earlier one. The ledger is told the name alone."""
    if not value or len(value) > LONGEST_SECRET:
        raise Invalid(f"A secret has 1 to {LONGEST_SECRET} characters.", {name: "type it again"})
    own = (site_secrets.c.site_id == site_id) & (site_secrets.c.name == name)
    tx.execute(delete(site_secrets).where(own))
    sealed = seal.close(value.encode(), _about(site_id, name))
    tx.execute(site_secrets.insert().values(site_id=site_id, name=name, sealed=sealed, set_at=tx.at))
    ledger.append(tx, Entry("site.secret_set", actor, facts={"site": site_id, "name": name}))


def set_option(tx: Transaction, ledger: Ledger, site_id: str, name: str, value: str, *, actor: str) -> None:
    """Keep ``value`` as the site's setting ``name``; an empty one takes it away."""
    if len(value) > LONGEST_OPTION:
        raise Invalid(f"A setting has at most {LONGEST_OPTION} characters.", {name: "shorten it"})
    own = (site_options.c.site_id == site_id) & (site_options.c.name == name)
    tx.execute(delete(site_options).where(own))
    if value:
        tx.execute(site_options.insert().values(site_id=site_id, name=name, value=value))
    # Not the value: what is typed by mistake would stay in the ledger for ever.
    ledger.append(tx, Entry("site.option_set", actor, facts={"site": site_id, "name": name}))


def secret_names(reader: Reader, site_id: str) -> set[str]:
    """Which secrets of the site are kept."""
    ours = select(site_secrets.c.name).where(site_secrets.c.site_id == site_id)
    return set(reader.execute(ours).scalars())


def secrets_of(reader: Reader, seal: Seal, site_id: str) -> Mapping[str, str]:
    """The site's secrets by name. SiteError when one cannot be opened."""
    rows = reader.all(select(site_secrets).where(site_secrets.c.site_id == site_id))
    return {row.name: _opened(seal, row.sealed, site_id, row.name) for row in rows}


def options_of(reader: Reader, site_id: str) -> Mapping[str, str]:
    rows = reader.all(select(site_options).where(site_options.c.site_id == site_id))
    return {row.name: row.value for row in rows}


def destroy_all(tx: Transaction, site_id: str) -> None:
    """Forget the site's secrets, settings and all that was remembered in its place."""
    for table in (site_secrets, site_options, site_memory, site_claims):
        tx.execute(delete(table).where(table.c.site_id == site_id))


def _opened(seal: Seal, sealed: bytes, site_id: str, name: str) -> str:
    try:
        return seal.open(sealed, _about(site_id, name)).decode()
    except CannotOpen as error:
        raise SiteError(
            f"The stored {name} of the site cannot be opened.",
            effect_unknown=False,
            help=f"Enter it again: broker site secret {site_id} {name}",
        ) from error


def _about(site_id: str, name: str) -> str:
    return f"secret\0{site_id}\0{name}"
