"""The command line: ``broker``."""

from __future__ import annotations

import sys

import click

from broker import __version__
from broker.cli.audit import audit
from broker.cli.database import database
from broker.cli.demo import demo
from broker.cli.doctor import doctor
from broker.cli.installation import Installation
from broker.cli.person import person
from broker.cli.policy import policy
from broker.cli.serve import serve, sweep_once
from broker.cli.site import site
from broker.errors import BrokerError


@click.group()
@click.version_option(__version__, prog_name="broker")
@click.pass_context
def cli(context: click.Context) -> None:
    """Just-in-time emergency access for healthcare sites."""
    context.obj = Installation()


for command in (serve, sweep_once, demo, database, person, site, doctor, policy, audit):
    cli.add_command(command)


def main() -> None:
    """Run, and say what went wrong and what to do instead of showing a traceback."""
    try:
        cli()
    except BrokerError as error:
        click.echo(f"{error}\n{error.help}", err=True)
        sys.exit(1)
