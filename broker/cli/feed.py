"""``broker feed``: the ledger's steps told to a SIEM, a FHIR server, a webhook or a file, as they happen."""

from __future__ import annotations

import click

from broker.cli.feed_add import add
from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.feeds.read import Standing, gaps, standings
from broker.feeds.register import get_feed, remove_feed
from broker.feeds.steer import pause_feed, replay, resume_feed, skip_refused
from broker.feeds.try_out import try_out


@click.group()
def feed() -> None:
    """Tell other systems every step of the ledger: FHIR, OCSF, CEF, syslog, webhook, file."""


feed.add_command(add)


@feed.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """Every feed, how far behind it is, and what is wrong with it."""
    with installation.parts.store.read() as reader:
        for each in standings(reader):
            click.echo(feed_line(each))


@feed.command()
@click.argument("feed_id", metavar="ID")
@click.pass_obj
def test(installation: Installation, feed_id: str) -> None:
    """Write a test entry and send it to the feed with ID or name, now. Exit status 1 when it was not taken."""
    parts = installation.parts
    with parts.store.read() as reader:
        found = get_feed(reader, feed_id)
    answer = try_out(parts.feed_desk, found, actor=ACTOR)
    if not answer.taken:
        click.echo(f"{found.name} did not take it. {answer.fault}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{found.name} took a test entry.")


@feed.command()
@click.argument("feed_id", metavar="ID")
@click.pass_obj
def pause(installation: Installation, feed_id: str) -> None:
    """Tell the feed nothing until it is resumed. Nothing is lost meanwhile."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_feed(tx, feed_id)
        pause_feed(tx, parts.ledger, found, actor=ACTOR)
    click.echo(f"{found.name} is paused. Go on with: broker feed resume {found.id}")


@feed.command()
@click.argument("feed_id", metavar="ID")
@click.pass_obj
def resume(installation: Installation, feed_id: str) -> None:
    """Let a paused feed go on, or one that waits before its next try."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_feed(tx, feed_id)
        resume_feed(tx, parts.ledger, found, actor=ACTOR)
    click.echo(f"{found.name} goes on while the broker is served.")


@feed.command()
@click.argument("feed_id", metavar="ID")
@click.argument("seq", type=int)
@click.pass_obj
def skip(installation: Installation, feed_id: str, seq: int) -> None:
    """Leave out entry SEQ, which the receiver refuses, and go on behind it."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_feed(tx, feed_id)
        skip_refused(tx, parts.ledger, found, seq, actor=ACTOR)
    click.echo(f"Entry {seq} is left out for {found.name}. It stays listed: broker feed gaps")


@feed.command("replay")
@click.argument("feed_id", metavar="ID")
@click.option(
    "--from", "begins", type=int, required=True, help="The ledger's number of the first entry to tell again."
)
@click.pass_obj
def replay_command(installation: Installation, feed_id: str, begins: int) -> None:
    """Tell the feed everything again from an entry on, under the same ids."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_feed(tx, feed_id)
        count = replay(tx, parts.ledger, found, begins, actor=ACTOR)
    click.echo(f"{count} entries go out to {found.name} while the broker is served.")


@feed.command()
@click.argument("feed_id", metavar="ID")
@click.pass_obj
def remove(installation: Installation, feed_id: str) -> None:
    """Tell the feed nothing any more, and forget its secrets."""
    parts = installation.parts
    with parts.store.write() as tx:
        found = get_feed(tx, feed_id)
        remove_feed(tx, parts.ledger, found, actor=ACTOR)
    click.echo(f"{found.name} is told nothing any more. It had everything up to entry {found.delivered_seq}.")


@feed.command("gaps")
@click.pass_obj
def gaps_command(installation: Installation) -> None:
    """Entries that were left out for a feed, the newest first."""
    with installation.parts.store.read() as reader:
        for each in gaps(reader):
            click.echo(
                f"{each.skipped_at:%Y-%m-%d %H:%M} UTC\t{each.feed}\tentry {each.seq}\t{each.event}"
                f"\tby {each.skipped_by}\t{each.fault}"
            )


def feed_line(each: Standing) -> str:
    """Who it is, how it is told, how far behind it is, and what was wrong at the last try."""
    feed, state = each.feed, ""
    if each.paused:
        state = "paused"
    elif each.refusing:
        state = f"refuses entry {feed.refused_seq}"
    counts = f"{each.behind} behind" + (f", oldest {each.since:%Y-%m-%d %H:%M} UTC" if each.since else "")
    left_out = f"{each.left_out} left out" if each.left_out else ""
    said = (feed.name, feed.id, f"{feed.kind} {feed.format}", counts, state, left_out, feed.fault or "")
    return "\t".join(part for part in said if part)
