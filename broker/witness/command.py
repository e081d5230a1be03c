"""``broker witness``: run a witness, show what it saw, tell it which ledgers to watch.

Also ``python -m broker.witness``, which loads nothing of the broker but this room.
"""

from __future__ import annotations

import os
from typing import Any

import click

from broker.errors import BrokerError
from broker.ledger.signing.keys import parse_public
from broker.witness.cosigning.evidence import kept
from broker.witness.cosigning.memory import Ledger
from broker.witness.cosigning.serve import serve as serve_until_stopped
from broker.witness.cosigning.settings import open_witness, read_settings
from broker.witness.cosigning.vouch import Witness


@click.group()
def witness() -> None:
    """A second process that has seen how far a ledger went, and vouches only for what goes on from there."""


@witness.command()
def serve() -> None:
    """Vouch for the ledgers it was told to watch, until stopped."""
    serve_until_stopped(read_settings())


@witness.command()
def show() -> None:
    """Its public key, and how far it saw each ledger. Exit status 1 when what it saw is lost or a fork was refused."""
    opened = open_witness(read_settings())
    click.echo(f"This witness is {opened.key.name}. Its public key, for brokers and auditors:")
    click.echo(opened.key.public.vkey)
    well = [_show(opened, ledger) for ledger in opened.memory.ledgers()]
    if not well:
        click.echo("It watches no ledger yet. Let it watch one: broker witness trust PUBLIC-KEY")
    if not all(well):
        raise click.exceptions.Exit(1)


@witness.command()
@click.argument("public_key", metavar="PUBLIC-KEY")
@click.option("--origin", help="The ledger's name in its checkpoints, where its key has another.")
def trust(public_key: str, origin: str | None) -> None:
    """Watch the ledger with PUBLIC-KEY from now on: the line in its broker's keys/ledger.pub and on the page Check the ledger."""
    opened, key = open_witness(read_settings()), parse_public(public_key)
    name = origin or key.name
    new = opened.memory.trust(key, name)
    click.echo(f"{name} is watched from now on." if new else f"{name} was watched already.")
    click.echo("Tell its broker this witness's public key and address, in BROKER_WITNESSES:")
    click.echo(opened.key.public.vkey)


def _show(opened: Witness, ledger: Ledger) -> bool:
    try:
        head, at = opened.seen(ledger)
    except BrokerError as error:
        click.echo(f"{ledger.origin}\tLOST: {error} {error.help}")
        return False
    click.echo(
        f"{ledger.origin}\t{head.size:,} entries" + (f", seen {at:%Y-%m-%d %H:%M:%S} UTC" if at else "")
    )
    forked = kept(ledger.folder, proven=True)
    for note in forked:
        click.echo(f"FORKED: the ledger's key signed this too, beside what was seen:\n{note}")
    for note in kept(ledger.folder, proven=False):
        click.echo(
            f"Refused, not shown to go on from what was seen (anybody can send a wrong proof):\n{note}"
        )
    return not forked


class _Alone(click.Group):
    """Says what went wrong and what to do instead of showing a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokerError as error:
            raise click.ClickException(f"{error}\n{error.help}") from error


def main() -> None:
    """The witness alone, without the rest of the broker."""
    os.umask(0o077)
    _Alone(name="broker-witness", commands=dict(witness.commands), help=witness.help)()
