"""``broker site``: connect sites, and say who and what is called what there."""

from __future__ import annotations

import click

from broker.access.retire_site import retire_site
from broker.adapters.kind import kind_names, kind_of
from broker.adapters.pairing import pairing_text
from broker.cli import site_keys
from broker.cli.installation import Installation
from broker.cli.person import ACTOR, known
from broker.cli.site_contain import contain_command, orders, release
from broker.cli.site_credentials import option, secret, steps
from broker.cli.site_drift import drift
from broker.errors import BrokerError, NotFound
from broker.lease_keys import read_ring
from broker.patients.register import find_patient
from broker.sites.address import check_address
from broker.sites.readiness import sentences
from broker.sites.register import Site, add_site, get_site, link_account, link_patient, list_sites
from broker.web.parts import Parts

KINDS = click.Choice(kind_names())


@click.group()
def site() -> None:
    """Connect sites, and say who and what is called what there."""


@site.command()
@click.argument("site_id")
@click.argument("base_url")
@click.option("--kind", type=KINDS, default="wordpress", show_default=True)
@click.option("--title", default="", help="What people read; the id when left out.")
@click.option("--allow-private", is_flag=True, help="Accept http and private addresses: test sites only.")
@click.pass_obj
def add(
    installation: Installation, site_id: str, base_url: str, kind: str, title: str, allow_private: bool
) -> None:
    """Connect the site at BASE_URL as SITE_ID and print its side of the pairing."""
    parts = installation.parts
    found = check_address(base_url, allow_private=allow_private)
    with parts.store.write() as tx:
        new = Site(site_id, kind, title or site_id, base_url, allow_private, tx.at)
        added = add_site(tx, parts.ledger, new, actor=ACTOR)
    click.echo(pairing_words(parts, added))
    if not found:
        click.echo("The site's name cannot be found yet; nothing can be sent there until it is.", err=True)


@site.command()
@click.argument("site_id")
@click.pass_obj
def pairing(installation: Installation, site_id: str) -> None:
    """Print a site's side of the pairing again."""
    with installation.parts.store.read() as reader:
        found = get_site(reader, site_id)
    click.echo(pairing_words(installation.parts, found))


@site.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """The connected sites."""
    with installation.parts.store.read() as reader:
        for each in list_sites(reader):
            click.echo(f"{each.id}\t{each.kind}\t{each.base_url}\t{each.title}")


@site.command("link-account")
@click.argument("site_id")
@click.argument("email")
@click.argument("account")
@click.pass_obj
def link_account_command(installation: Installation, site_id: str, email: str, account: str) -> None:
    """Say that the person with EMAIL signs in to the site as ACCOUNT."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        link_account(tx, parts.ledger, site_id, who.id, account, actor=ACTOR)
        linked = get_site(tx, site_id)
    click.echo(f"{who.email} is {account} on {site_id}.")
    for sentence in _asked_about(parts, linked, account):
        click.echo(sentence, err=True)


@site.command("link-patient")
@click.argument("site_id")
@click.argument("patient")
@click.argument("site_ref")
@click.pass_obj
def link_patient_command(installation: Installation, site_id: str, patient: str, site_ref: str) -> None:
    """Say what the site calls PATIENT, where that is not the clinic's own id."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = find_patient(tx, patient)
        if found is None:
            raise NotFound("No patient has that id.", help="Check the id as the clinic writes it.")
        link_patient(tx, parts.ledger, site_id, found.id, site_ref, actor=ACTOR)
    click.echo("Linked.")


@site.command()
@click.argument("site_id")
@click.confirmation_option(
    prompt="What lets the broker in there is destroyed, and the id is never used again. Go on?"
)
@click.pass_obj
def retire(installation: Installation, site_id: str) -> None:
    """Let a site go. Refused while a grant there has not been taken back."""
    retire_site(installation.parts.equipment, site_id, actor=ACTOR)
    click.echo(
        f"{site_id} is retired. On the site, remove the companion or the account that was the broker's."
    )


for command in (secret, option, drift, contain_command, release, orders, site_keys.keys):
    site.add_command(command)


def pairing_words(parts: Parts, site: Site) -> str:
    """What the site's operator has to do, with the text to paste."""
    keys = [key.public_jwk for key in read_ring(parts.settings.keys_dir)]
    text = pairing_text(site.id, parts.settings.issuer, keys)
    wanted = steps(site)
    here = ["Then, here:", *wanted] if wanted else []
    lines = [kind_of(site.kind).pairing_words(text), *here, f"and run: broker doctor {site.id}"]
    return "\n".join(lines)


def _asked_about(parts: Parts, site: Site, account: str) -> list[str]:
    """What the site says of an account that was just linked; that it could not be asked is told, and no error."""
    try:
        words = parts.equipment.adapter_for(site).readiness([account]).get(account, ())
    except BrokerError as error:
        return [f"Whether the site knows {account} could not be found out: {error} {error.help}"]
    return sentences(site, account, words)
