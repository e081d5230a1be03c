"""``broker doctor``: what is wrong with a connected site, or with all of them, and with the broker's own ends."""

from __future__ import annotations

import click

from broker.archive.examine import examine
from broker.cli.doctor_keeping import examine_keeping
from broker.cli.feed import feed_line
from broker.cli.installation import Installation
from broker.cli.receiver import receiver_line
from broker.credentials.signals.read import told
from broker.feeds.read import standings
from broker.identity.single_sign_on.provider.examine import examine_provider
from broker.keyring.examine import examine_ring
from broker.sites.register import Site, get_site, list_sites
from broker.web.administering.examine_site import examine_site
from broker.web.parts import Parts
from broker.witness.examine import examine as examine_ledger


@click.command()
@click.argument("site_id", required=False)
@click.pass_obj
def doctor(installation: Installation, site_id: str | None) -> None:
    """Examine SITE_ID, or every site, the keys, the ledger, the provider people sign in with and who is told of ends of access.

    Exit status 1 when something is wrong.
    """
    parts = installation.parts
    well = site_id is not None or (
        _examine_keys(installation)
        & _examine_ledger(parts)
        & _examine_archives(parts)
        & examine_keeping(parts)
        & _examine_receivers(parts)
        & _examine_feeds(parts)
        & _examine_provider(parts)
    )
    with parts.store.read() as reader:
        sites = [get_site(reader, site_id)] if site_id else list_sites(reader)
    if not sites:
        click.echo("No site is connected yet. Connect one with: broker site add SITE_ID URL")
    results = [_examine(parts, each) for each in sites]
    if not all((well, *results)):
        raise click.exceptions.Exit(1)


def _examine_keys(installation: Installation) -> bool:
    click.secho("The keys of this broker", bold=True)
    findings = examine_ring(installation.key_ring)
    for finding in findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return all(finding.good for finding in findings)


def _examine_ledger(parts: Parts) -> bool:
    click.secho("The ledger and its witnesses", bold=True)
    findings = examine_ledger(parts.watch)
    for finding in findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return all(finding.good for finding in findings)


def _examine_archives(parts: Parts) -> bool:
    with parts.store.read() as reader:
        found = examine(reader, parts.settings, parts.checkpoints.key.public.id.hex())
    if found:
        click.secho("Copies of the ledger that nobody can change", bold=True)
    for each in found:
        click.echo(f"  {'ok   ' if each.good else 'WRONG'}  {each.name}: {each.words}")
    return all(each.good for each in found)


def _examine_receivers(parts: Parts) -> bool:
    with parts.store.read() as reader:
        found = told(reader)
    if found:
        click.secho("Who is told when access ends", bold=True)
    for each in found:
        click.echo(f"  {'ok   ' if each.well else 'WRONG'}  {receiver_line(each)}")
    return all(each.well for each in found)


def _examine_feeds(parts: Parts) -> bool:
    with parts.store.read() as reader:
        found = standings(reader)
    if found:
        click.secho("Who is told every step of the ledger", bold=True)
    for each in found:
        click.echo(f"  {'ok   ' if each.well else 'WRONG'}  {feed_line(each)}")
    return all(each.well for each in found)


def _examine_provider(parts: Parts) -> bool:
    known = parts.single_sign_on
    if known is None:
        return True
    click.secho(f"The provider people sign in with ({known.name})", bold=True)
    findings = examine_provider(known.provider, parts.lobby.local_accounts)
    for finding in findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return all(finding.good for finding in findings)


def _examine(parts: Parts, site: Site) -> bool:
    click.secho(f"{site.title} ({site.id})", bold=True)
    examined = examine_site(parts, site)
    for finding in examined.findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return examined.well
