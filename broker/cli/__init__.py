"""The command line: ``broker``."""

from __future__ import annotations

import os
from typing import Any

import click

from broker import __version__
from broker.cli.archive import archive
from broker.cli.audit import audit
from broker.cli.audit_resume import resume
from broker.cli.backup import backup
from broker.cli.client import client
from broker.cli.database import database
from broker.cli.demo import demo
from broker.cli.doctor import doctor
from broker.cli.evidence import evidence
from broker.cli.feed import feed
from broker.cli.installation import Installation
from broker.cli.issuer import issuer
from broker.cli.keys import keys
from broker.cli.patient import patient
from broker.cli.patient_kin import kin
from broker.cli.person import person
from broker.cli.person_sso import link_sso, unlink_sso
from broker.cli.policy import policy
from broker.cli.receiver import receiver
from broker.cli.retention import retention
from broker.cli.serve import serve, sweep_once
from broker.cli.site import site
from broker.errors import BrokerError
from broker.witness.command import witness


class Commands(click.Group):
    """Says what went wrong and what to do instead of showing a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokerError as error:
            raise click.ClickException(f"{error}\n{error.help}") from error


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="broker")
@click.pass_context
def cli(context: click.Context) -> None:
    """Just-in-time emergency access for healthcare sites."""
    context.obj = Installation()
    context.call_on_close(context.obj.close)


audit.add_command(resume)
patient.add_command(kin)
for command in (link_sso, unlink_sso):
    person.add_command(command)
for command in (
    serve,
    sweep_once,
    demo,
    database,
    person,
    patient,
    site,
    doctor,
    keys,
    policy,
    archive,
    audit,
    evidence,
    retention,
    backup,
    receiver,
    feed,
    client,
    issuer,
    witness,
):
    cli.add_command(command)


def main() -> None:
    """The ``broker`` command."""
    # Whatever is written from here on, the database above all, is for the broker alone.
    os.umask(0o077)
    cli()
