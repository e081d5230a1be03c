"""``broker site keys``: change the key that leases are signed by, without a gap in enforcement."""

from __future__ import annotations

import click

from broker.access.rotate_keys import prepare_key, retire_key, sites_without, switch_key
from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Conflict
from broker.lease_keys import KeyState, read_ring


@click.group()
def keys() -> None:
    """Change the key that leases are signed by: prepare, pair each site again, switch, retire, pair again."""


@keys.command()
@click.pass_obj
def show(installation: Installation) -> None:
    """The keys of this broker, and which sites do not know one of them."""
    parts = installation.parts
    for key in read_ring(installation.settings.keys_dir):
        click.echo(f"{key.kid}\t{key.state}")
        if key.state is not KeyState.OLD:
            for site_id, why in sites_without(parts.equipment, key.kid).items():
                click.echo(f"  {site_id}: {why}")


@keys.command()
@click.pass_obj
def prepare(installation: Installation) -> None:
    """Make the key that comes next. Sites learn of it when they are paired again."""
    made = prepare_key(installation.parts.equipment, installation.settings.keys_dir, actor=ACTOR)
    click.echo(f"{made.kid} comes next.")
    click.echo("Pair each site again (broker site pairing SITE_ID): both keys are in its pairing.")
    click.echo("Then: broker site keys switch")


@keys.command()
@click.option("--force", is_flag=True, help="Although a site does not know the new key: the old one leaked.")
@click.pass_obj
def switch(installation: Installation, force: bool) -> None:
    """Sign by the new key from now on. A running broker notices by itself."""
    used = switch_key(installation.parts.equipment, installation.settings.keys_dir, force=force, actor=ACTOR)
    click.echo(f"{used.kid} signs from now on. The old key is kept until: broker site keys retire")


@keys.command()
@click.argument("kid", required=False)
@click.option("--force", is_flag=True, help="Although leases that it signed are left: it leaked.")
@click.pass_obj
def retire(installation: Installation, kid: str | None, force: bool) -> None:
    """Forget the old key, or the one called KID, once no lease that it signed is left."""
    folder = installation.settings.keys_dir
    old = [key.kid for key in read_ring(folder) if key.state is KeyState.OLD]
    if kid is None and len(old) != 1:
        raise Conflict("Say which old key." if old else "There is no old key.", help="broker site keys show")
    retire_key(installation.parts.equipment, folder, kid or old[0], force=force, actor=ACTOR)
    click.echo("Forgotten. Pair each site again, so that they forget it too: broker site pairing SITE_ID")
