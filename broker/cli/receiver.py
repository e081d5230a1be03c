"""``broker receiver``: software that is told when access ends (Shared Signals)."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.credentials.signals.outcome import send_again
from broker.credentials.signals.read import Told, told, undelivered
from broker.credentials.signals.receivers import get_receiver, new_receiver, register, remove
from broker.credentials.signals.verification import verify_stream


@click.group()
def receiver() -> None:
    """Tell other software, unasked, that access has ended."""


@receiver.command()
@click.argument("name")
@click.argument("url")
@click.option("--audience", default="", help="Whom the events are made out to; the URL when left out.")
@click.option("--for", "concerned_with", default="", help="Only what touches tokens for this audience.")
@click.option("--authorization", is_flag=True, help="Ask for the Authorization header it wants to see.")
@click.option("--allow-private", is_flag=True, help="Accept http and private addresses: test receivers only.")
@click.pass_obj
def add(
    installation: Installation,
    name: str,
    url: str,
    audience: str,
    concerned_with: str,
    authorization: bool,
    allow_private: bool,
) -> None:
    """Tell the software called NAME at URL from now on."""
    header = click.prompt("Authorization header", hide_input=True) if authorization else ""
    parts = installation.parts
    with parts.store.write() as tx:
        new = new_receiver(
            name,
            url,
            audience=audience,
            at=tx.at,
            concerned_with=concerned_with,
            allow_private=allow_private,
        )
        added = register(tx, parts.ledger, parts.site_seal, new, authorization=header, actor=ACTOR)
    click.echo(f"{added.name} ({added.id}) is told of what ends from now on.")
    click.echo(f"It checks the events by: issuer {parts.settings.base_url}, audience {added.audience}")
    click.echo(f"Try it: broker receiver test {added.id}")


@receiver.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """Who is told, and what waits for them."""
    with installation.parts.store.read() as reader:
        for each in told(reader):
            click.echo(receiver_line(each))


@receiver.command()
@click.argument("receiver_id", metavar="ID")
@click.pass_obj
def test(installation: Installation, receiver_id: str) -> None:
    """Send a verification event to the receiver with ID or name. Exit status 1 when it was not taken."""
    parts = installation.parts
    with parts.store.read() as reader:
        found = get_receiver(reader, receiver_id)
    answer = verify_stream(parts.signal_desk, found)
    if not answer.taken:
        click.echo(f"{found.name} did not take it. {answer.fault}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{found.name} took a verification event.")


@receiver.command()
@click.argument("receiver_id", metavar="ID")
@click.pass_obj
def retry(installation: Installation, receiver_id: str) -> None:
    """Send what waits or was given up again, now, to the receiver with ID or name."""
    parts = installation.parts
    with parts.store.write() as tx:
        count = send_again(tx, parts.ledger, get_receiver(tx, receiver_id), actor=ACTOR)
    click.echo(f"{count} events go out again while the broker is served.")


@receiver.command("remove")
@click.argument("receiver_id", metavar="ID")
@click.pass_obj
def remove_command(installation: Installation, receiver_id: str) -> None:
    """Tell the receiver with ID or name nothing any more; what still waited for it is given up."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_receiver(tx, receiver_id)
        remove(tx, parts.ledger, found.id, actor=ACTOR)
    click.echo(f"{found.name} is told nothing any more.")


@receiver.command("undelivered")
@click.pass_obj
def undelivered_command(installation: Installation) -> None:
    """Events that their receivers do not have, the oldest first. Exit status 1 when some were given up."""
    with installation.parts.store.read() as reader:
        found = undelivered(reader)
    for each in found:
        state = "given up" if each.dead_at else "waiting"
        click.echo(
            f"{each.created_at:%Y-%m-%d %H:%M} UTC\t{each.receiver}\t{each.event}\t{each.grant_id or '-'}"
            f"\t{state}\t{each.fault}"
        )
    if any(each.dead_at for each in found):
        raise click.exceptions.Exit(1)


def receiver_line(each: Told) -> str:
    """Who it is, what it hears of, how much of it it has, and what was wrong at the last call."""
    who = each.receiver
    counts = f"{each.taken} taken, {each.waiting} waiting, {each.given_up} given up"
    return f"{who.name}\t{who.id}\t{who.concerned_with or 'everything'}\t{counts}\t{who.fault or ''}".rstrip()
