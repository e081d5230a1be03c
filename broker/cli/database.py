"""``broker db``: the database's schema."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.store.schema import check_schema, downgrade, upgrade


@click.group("db")
def database() -> None:
    """Bring the database to this version's schema, or look whether it is."""


@database.command("upgrade")
@click.pass_obj
def upgrade_command(installation: Installation) -> None:
    """Bring the database to this version's schema."""
    upgrade(installation.store.engine)
    click.echo("The database is at this version's schema.")


@database.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="What newer versions stored is lost. Go on?")
@click.pass_obj
def downgrade_command(installation: Installation, revision: str) -> None:
    """Take the database back to REVISION."""
    downgrade(installation.store.engine, revision)


@database.command("check")
@click.pass_obj
def check_command(installation: Installation) -> None:
    """Exit status 1 when the database is not at this version's schema."""
    check_schema(installation.store.engine)
    click.echo("The database is at this version's schema.")
