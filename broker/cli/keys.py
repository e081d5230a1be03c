"""``broker keys``: the keys that tokens and links are signed by, and what wraps them."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.cli.key_wrapping import recordings
from broker.cli.person import ACTOR
from broker.errors import Invalid
from broker.keyring import rotate as rotation
from broker.keyring.ring_key import KeyState, KeyUse, RingKey

WHEN = "%Y-%m-%d %H:%M UTC"


@click.group()
def keys() -> None:
    """See and change the keys that tokens and links are signed by."""


keys.add_command(recordings)


@keys.command()
@click.option("--all", "everything", is_flag=True, help="Those that were withdrawn too.")
@click.pass_obj
def show(installation: Installation, everything: bool) -> None:
    """The keys, what each is for and until when; never a secret."""
    rows = installation.key_ring.refresh()
    for key in rows.keys:
        if everything or key.state is not KeyState.WITHDRAWN:
            shut = "" if installation.key_ring.fault(key) is None else "\tCANNOT BE OPENED: broker doctor"
            click.echo(f"{key.kid}\t{key.use}\t{key.alg}\t{key.state}\t{_when(key)}{shut}")
    for kid in rows.refused:
        click.echo(f"{kid}\tNOT BELIEVED: this broker did not write its row")


@keys.command()
@click.option("--links", is_flag=True, help="The key of links, not that of tokens.")
@click.option("--now", "at_once", is_flag=True, help="Although not every checker may know the new key yet.")
@click.option("--compromised", multiple=True, metavar="KID", help="Leaked: believed no longer. Needs --now.")
@click.pass_obj
def rotate(installation: Installation, links: bool, at_once: bool, compromised: tuple[str, ...]) -> None:
    """Sign by the next key. Running brokers notice within seconds."""
    ring, use = installation.key_ring, KeyUse.LINKS if links else KeyUse.TOKENS
    if compromised and not at_once:
        raise Invalid("A key that leaked is not waited for.", help="Add --now.")
    if at_once:
        done = rotation.rotate_now(ring, use, frozenset(compromised), actor=ACTOR)
    else:
        done = rotation.rotate(ring, use, actor=ACTOR)
    click.echo(f"{done.kid} signs {use} from {done.signs_from:{WHEN}}.")
    for kid in compromised:
        click.echo(f"{kid} is believed no longer. Whoever keeps a copy of the published keys believes it")
        click.echo("until they ask again, at most 5 minutes later.")


@keys.command()
@click.argument("kid")
@click.option("--force", is_flag=True, help="Although what it signed may live, or it signs now: it leaked.")
@click.pass_obj
def withdraw(installation: Installation, kid: str, force: bool) -> None:
    """Believe KID no longer. Works without the key service."""
    rotation.withdraw(installation.key_ring, kid, force=force, actor=ACTOR)
    click.echo(f"{kid} is withdrawn.")


def _when(key: RingKey) -> str:
    if key.state is KeyState.NEXT:
        return f"signs from {key.current_from:{WHEN}} at the latest"
    if key.state is KeyState.CURRENT:
        return f"signs since {key.current_from:{WHEN}}"
    until = key.withdraw_at or key.made_at
    return f"{'believed until' if key.state is KeyState.OLD else 'withdrawn'} {until:{WHEN}}"
