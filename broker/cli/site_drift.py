"""``broker site drift``: where sites differ from what was granted, and what is done about it."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import BrokerError
from broker.revocation.reconcile.drift import NOT_BY_US
from broker.revocation.reconcile.one_site import reconcile_site, repair_drift
from broker.revocation.reconcile.open_drifts import OpenDrift, open_drifts
from broker.sites.register import get_site, list_sites


@click.command()
@click.argument("site_id", required=False)
@click.option("--look", is_flag=True, help="Ask the sites first, instead of telling what was seen last.")
@click.option("--repair", "drift_id", help="Do what this difference proposes.")
@click.option("--all", "every", is_flag=True, help="Do what all of them propose, as far as the broker can.")
@click.pass_obj
def drift(
    installation: Installation, site_id: str | None, look: bool, drift_id: str | None, every: bool
) -> None:
    """Where SITE_ID, or any site, differs from what was granted. Exit status 1 when a repair did not help."""
    if look:
        _look(installation, site_id)
    wanted = (
        [drift_id] if drift_id else [each.id for each in _open(installation, site_id) if _can(each, every)]
    )
    helped = [_repair(installation, each) for each in wanted]
    found = _open(installation, site_id)
    for each in found:
        _show(each)
    if not found:
        click.echo("No site differs from what was granted, as far as was seen.")
    if not all(helped):
        raise click.exceptions.Exit(1)


def _can(found: OpenDrift, every: bool) -> bool:
    return every and found.kind not in NOT_BY_US


def _look(installation: Installation, site_id: str | None) -> None:
    parts = installation.parts
    with parts.store.read() as reader:
        sites = [get_site(reader, site_id)] if site_id else list_sites(reader)
    for site in sites:
        try:
            reconcile_site(parts.equipment, site.id)
        except BrokerError as error:
            click.echo(f"{site.id}: {error} {error.help}", err=True)


def _repair(installation: Installation, drift_id: str) -> bool:
    try:
        left = repair_drift(installation.parts.equipment, drift_id, actor=ACTOR)
    except BrokerError as error:
        click.echo(f"{drift_id}: {error} {error.help}", err=True)
        return False
    click.echo(f"{drift_id}: settled." if left is None else f"{drift_id}: still so. {left.fault or ''}")
    return left is None


def _open(installation: Installation, site_id: str | None) -> list[OpenDrift]:
    with installation.parts.store.read() as reader:
        if site_id is not None:
            get_site(reader, site_id)
        return open_drifts(reader, site_id)


def _show(found: OpenDrift) -> None:
    click.secho(
        f"{found.site_id}: {found.kind} ({found.id}, since {found.found_at:%Y-%m-%d %H:%M} UTC)", bold=True
    )
    click.echo(f"  {found.sentence}")
    click.echo(f"  {found.proposal}")
    if found.fault:
        often = "once" if found.tries == 1 else f"{found.tries} times"
        click.echo(f"  Tried {often}. {found.fault}")
