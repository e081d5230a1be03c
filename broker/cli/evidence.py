"""``broker evidence``: what an auditor of controls asks for, drawn, signed and checked."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.ledger.signing.keys import load_public
from broker.review.evidence.days import days_of
from broker.review.evidence.draw_up import Sources, Wanted, draw_up
from broker.review.evidence.read_back import read_back
from broker.review.evidence.sample import USUAL_SIZE

_NEW = click.Path(dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def evidence() -> None:
    """Evidence for SOC 2, ISO 27001 and HIPAA: everything of some days, samples, and what did not hold."""


@evidence.command()
@click.option("--from", "first", required=True, help="The first day, such as 2026-01-01 (UTC).")
@click.option("--to", "last", required=True, help="The last day; it is included.")
@click.option(
    "--sample",
    default=USUAL_SIZE,
    show_default=True,
    type=click.IntRange(0, 1_000),
    help="How many grants of each kind to tell whole.",
)
@click.option("--seed", default="", help="Draw by this seed; by default by the ledger's own root.")
@click.argument("file", type=_NEW)
@click.pass_obj
def draw(installation: Installation, first: str, last: str, sample: int, seed: str, file: Path) -> None:
    """Draw up the bundle FILE.zip and sign it."""
    parts = installation.parts
    days = days_of(first, last, parts.clock.now())
    sources = Sources(parts.store, parts.ledger, parts.catalog, parts.checkpoints)
    summary = draw_up(sources, Wanted(days, ACTOR, sample, seed), file)
    click.echo(
        f"{file}: {summary.grants:,} grants, {summary.samples:,} of them told whole with their receipt."
    )
    for kind, count in sorted(summary.exceptions.items()):
        click.echo(f"  exception: {count:,} x {kind}")
    if not summary.fits:
        click.echo(
            "  The rows and the ledger do not agree, or the ledger is not whole: it says so inside.", err=True
        )
    click.echo("Hand the public key over by another way:")
    click.echo(parts.checkpoints.key.public.vkey)


@evidence.command()
@click.argument("file", type=_FILE)
@click.option("--public-key", type=_FILE, help="The ledger's public key; by default this installation's.")
@click.pass_obj
def verify(installation: Installation, file: Path, public_key: Path | None) -> None:
    """Check the bundle FILE: its signature, every file, every receipt, and the counts again. Exit status 1 when not all fits.

    With --public-key nothing of this installation is asked.
    """
    key = load_public(public_key or installation.public_key_path)
    found = read_back(file, key)
    said = found.manifest
    click.echo(f"Signed by {key.name}: {said['from']} to {said['to']}, drawn {said['drawn_at']}.")
    files = len(said["files"])
    if found.faults:
        for fault in found.faults:
            click.echo(f"  WRONG  {fault}")
        raise click.exceptions.Exit(1)
    click.echo(
        f"  ok     {files:,} files are as they were drawn, {found.receipts:,} receipts prove their grants."
    )
    click.echo(f"  ok     {said['figures']['grants']:,} grants; rows and ledger agree.")
    for kind, count in sorted(said["exceptions"].items()):
        click.echo(f"  told   {count:,} x {kind}")
