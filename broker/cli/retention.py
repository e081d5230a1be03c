"""``broker retention``: how long free text is kept, what is held, and what is erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Invalid
from broker.policy.durations import in_words
from broker.retention.before_time import ErasureState, ask_erasure, list_erasures
from broker.retention.erase import due_count, erase_due
from broker.retention.hold import list_holds, place_hold, release_hold
from broker.retention.thing import Thing, ThingKind, find_thing

_KIND = click.Choice([kind.value for kind in ThingKind])
_REASON = click.option(
    "--reason", required=True, help="Such as the number of the case. It stays for ever: no names."
)


@click.group()
def retention() -> None:
    """Show, hold and erase what people wrote in their own words."""


@retention.command()
@click.pass_obj
def show(installation: Installation) -> None:
    """How long notes are kept, what is due, which holds stand, and what waits for a second person."""
    parts = installation.parts
    keep = parts.catalog.keeping.notes
    with parts.store.read() as reader:
        if keep is None:
            click.echo("Policy sets no time after which notes are erased.")
        else:
            due, kept = due_count(reader, keep)
            click.echo(f"Notes are erased after {in_words(keep)}.")
            click.echo(f"Due now: {due}. Past their time but kept by a hold or an open review: {kept}.")
        for hold in list_holds(reader):
            if hold.stands:
                since = hold.placed_at.isoformat(timespec="seconds")
                click.echo(f"{hold.id}\t{hold.thing.kind}\t{hold.thing.id}\t{since}\t{hold.reason}")
        for each in list_erasures(reader):
            if each.state is ErasureState.ASKED:
                click.echo(f"{each.id}\t{each.thing.kind}\t{each.thing.id}\tto be confirmed\t{each.reason}")


@retention.command()
@click.argument("kind", type=_KIND)
@click.argument("thing")
@_REASON
@click.pass_obj
def hold(installation: Installation, kind: str, thing: str, reason: str) -> None:
    """Keep everything of THING (a patient, person, grant or request, as KIND says) from being erased."""
    found = _find(installation, kind, thing)
    with _in_one_sentence():
        placed = place_hold(installation.parts.equipment, ACTOR, found, reason)
    click.echo(f"{placed.id} stands. Release it with: broker retention release {placed.id} --reason ...")


@retention.command()
@click.argument("hold_id")
@_REASON
@click.pass_obj
def release(installation: Installation, hold_id: str, reason: str) -> None:
    """Let go of a hold. What is due is erased by the broker's next round."""
    with _in_one_sentence():
        released = release_hold(installation.parts.equipment, ACTOR, hold_id, reason)
    click.echo(f"{released.id} is released.")


@retention.command()
@click.argument("kind", type=_KIND)
@click.argument("thing")
@_REASON
@click.pass_obj
def erase(installation: Installation, kind: str, thing: str, reason: str) -> None:
    """Ask that the free text of THING be erased before its time. A reviewer or an administrator confirms it."""
    found = _find(installation, kind, thing)
    with _in_one_sentence():
        asked = ask_erasure(installation.parts.equipment, ACTOR, found, reason)
    click.echo(f"{asked.id} waits for somebody to confirm it under Legal holds. Nothing is erased yet.")


@retention.command("erase-due")
@click.pass_obj
def erase_due_command(installation: Installation) -> None:
    """Erase now what policy keeps no longer, as the broker does by itself every ten minutes."""
    count = erase_due(installation.parts.equipment)
    click.echo(f"{count} {'note was' if count == 1 else 'notes were'} erased.")


def _find(installation: Installation, kind: str, named: str) -> Thing:
    with _in_one_sentence(), installation.parts.store.read() as reader:
        return find_thing(reader, ThingKind(kind), named)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """A fault of a field is said as the error itself: there is no form to show it at."""
    try:
        yield
    except Invalid as error:
        raise Invalid(" ".join(error.faults.values()) or str(error), error.faults) from error
