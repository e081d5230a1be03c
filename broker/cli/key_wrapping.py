"""``broker keys recordings``: what wraps the keys of recordings, of tokens and of links."""

from __future__ import annotations

from collections import Counter

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.keyring.rewrap import rewrap_ring
from broker.keyring.ring_key import KeyState
from broker.vault.objects import count_by_key
from broker.vault.rewrap import rewrap_all


@click.group()
def recordings() -> None:
    """Change what wraps the keys of recordings; no recording is written anew."""


@recordings.command()
@click.pass_obj
def show(installation: Installation) -> None:
    """Which key-encryption keys are in use, and by how much."""
    parts, ring = installation.parts, installation.key_ring
    with parts.store.read() as reader:
        stored = count_by_key(reader)
    signing = Counter(
        key.wrapped.key_id for key in ring.refresh().keys if key.state is not KeyState.WITHDRAWN
    )
    current = parts.shelf.keys.current_id
    for key_id in sorted({current, *stored, *signing}):
        mark = "wraps from now on" if key_id == current else "still needed"
        click.echo(f"{key_id}\t{mark}\t{stored.get(key_id, 0)} recordings\t{signing[key_id]} signing keys")


@recordings.command()
@click.pass_obj
def rotate(installation: Installation) -> None:
    """Make a new key-encryption key and wrap everything by it."""
    made = installation.parts.shelf.keys.rotate()
    click.echo(f"{made} wraps from now on.")
    _rewrap(installation)


@recordings.command()
@click.pass_obj
def rewrap(installation: Installation) -> None:
    """Wrap by the present key-encryption key what another one wraps still: after a move, or an interruption."""
    _rewrap(installation)


def _rewrap(installation: Installation) -> None:
    parts = installation.parts
    stored = rewrap_all(parts.store, parts.ledger, parts.shelf.keys, actor=ACTOR)
    signing = rewrap_ring(installation.key_ring, actor=ACTOR)
    click.echo(f"{len(stored.moved)} recordings and {len(signing.moved)} signing keys were moved to it.")
    stuck = (*stored.stuck, *signing.stuck)
    for each in stuck:
        click.echo(f"Did not open, and stays as it is: {each}")
    if stuck:
        raise click.exceptions.Exit(1)
