"""``broker audit resume``: go on after an honest loss."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.witness.resume import resume as resume_ledger
from broker.witness.serving_lock import nobody_serves


@click.command()
@click.option(
    "--reason", required=True, help="Why the ledger's end is missing, in one line. It stays in the ledger."
)
@click.pass_obj
def resume(installation: Installation, reason: str) -> None:
    """Go on with a database that is not the one that was signed, under a new name and key.

    For a restored backup whose loss is understood. Whatever was signed before
    stays true and is kept; nothing is signed by the former key any more.
    """
    settings = installation.settings
    with nobody_serves(settings.heads_path.parent):
        done = resume_ledger(installation.parts.watch, settings.keys_dir, reason, actor=ACTOR)
    click.echo(f"The ledger goes on after {done.size:,} entries as {done.key.name}.")
    click.echo("Its new public key, for auditors and witnesses:")
    click.echo(done.key.public.vkey)
    if installation.parts.watch.witnesses.named:
        click.echo("On the machine of each witness, run: broker witness trust PUBLIC-KEY, with that key.")
    if done.unfit.exists():
        click.echo(f"What was signed and does not fit this database is kept as evidence: {done.unfit}")
    click.echo("Then start the broker: broker serve")
