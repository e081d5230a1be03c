"""``broker client``: what a client proves itself by, changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.credentials.clients.public_keys import read_keys
from broker.credentials.clients.register import set_keys
from broker.credentials.clients.secret import give_secret
from broker.errors import Invalid
from broker.policy.durations import in_words, parse_duration

AT_ONCE = "0m"
KEYS_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("rotate-secret")
@click.argument("client_id")
@click.option(
    "--old-for", default=AT_ONCE, help="How long the old one works on, like 1h; not at all when left out."
)
@click.pass_obj
def rotate_secret(installation: Installation, client_id: str, old_for: str) -> None:
    """Give a client a new secret, shown this once."""
    overlap = _duration(old_for)
    parts = installation.parts
    with parts.store.write() as tx:
        secret = give_secret(tx, parts.ledger, client_id, actor=ACTOR, old_for=overlap)
    show_once(secret)
    click.echo(f"The old one works for {in_words(overlap)}." if overlap else "The old one is dead.")


@click.command("set-keys")
@click.argument("client_id")
@click.argument("keys", type=KEYS_FILE)
@click.pass_obj
def set_keys_command(installation: Installation, client_id: str, keys: Path) -> None:
    """Take the public keys in the file KEYS (a JWK Set) in place of a client's earlier ones."""
    parts, jwks = installation.parts, read_keys(keys.read_text())
    with parts.store.write() as tx:
        changed = set_keys(tx, parts.ledger, client_id, jwks, actor=ACTOR)
    click.echo(f"{changed.name} signs with {', '.join(key['kid'] for key in jwks['keys'])} from now on.")


def show_once(secret: str) -> None:
    if secret:
        click.echo("Its secret, which cannot be shown again:")
        click.echo(secret)


def _duration(text: str) -> timedelta:
    if text == AT_ONCE:
        return timedelta()
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Invalid(str(error)) from None
