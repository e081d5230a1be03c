"""``broker archive``: the ledger's copy that nobody can change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from broker.archive.choose import open_archiving, open_stamping
from broker.archive.copying.rounds import Archiving
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.place import Place, folder_of
from broker.archive.reading.compare import compare_with_database
from broker.archive.reading.rebuild import rebuild
from broker.archive.reading.walk import Rebuilt
from broker.cli.installation import Installation
from broker.clock import SystemClock
from broker.errors import BrokerError, ConfigurationError
from broker.ledger.signing.keys import PublicKey, load_public

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group()
def archive() -> None:
    """Keep a copy of the ledger where not even its owner can change it."""


@archive.command()
@click.pass_obj
def run(installation: Installation) -> None:
    """Sign where the ledger stands and archive everything up to there, now. Exit status 1 when an archive did not take it."""
    archiving = _archiving(installation)
    installation.parts.checkpoints.keep(installation.parts.store)
    well = [_run(archiving, place) for place in archiving.places]
    if not all(well):
        raise click.exceptions.Exit(1)


@archive.command()
@click.pass_obj
def check(installation: Installation) -> None:
    """Try to change what an archive keeps. Exit status 1 unless every try is refused."""
    well = True
    for place in _archiving(installation).places:
        click.secho(_titled(place.label), bold=True)
        for finding in place.check():
            click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
            well = well and finding.good
    if not well:
        raise click.exceptions.Exit(1)


@archive.command()
@click.option("--folder", type=_FOLDER, help="A copy of an archive; by default those in the settings.")
@click.option(
    "--public-key",
    type=_FILE,
    help="The ledger's public key; by default this installation's. Needed with --folder.",
)
@click.option("--export", type=_NEW, help="Keep the export that is made of it in this new file.")
@click.pass_obj
def verify(
    installation: Installation, folder: Path | None, public_key: Path | None, export: Path | None
) -> None:
    """Rebuild an export from an archive alone and check it; then hold the database against it.

    With --folder and --public-key nothing of this installation is asked, not even its database. Exit status 1 when
    something is wrong.
    """
    if folder and not public_key:
        raise click.UsageError(
            "A copy of an archive is checked with a key you got elsewhere: --public-key FILE"
        )
    key = load_public(public_key) if public_key else installation.parts.checkpoints.key.public
    copies: list[Place] = [AppendOnlyFolder(folder / folder_of(key))] if folder else []
    well = True
    for place in copies or _archiving(installation).places:
        click.secho(_titled(place.label), bold=True)
        found = _rebuilt(installation, place, key, export)
        differs = "" if folder else compare_with_database(place, installation.parts.store, found.point)
        _show(found, differs)
        well = well and found.ok and not differs
    if not well:
        raise click.exceptions.Exit(1)


def _archiving(installation: Installation) -> Archiving:
    parts = installation.parts
    archiving = open_archiving(parts.settings, parts.store, parts.ledger, parts.checkpoints)
    if not archiving.places:
        raise ConfigurationError(
            "The ledger is archived nowhere.",
            help="Set BROKER_ARCHIVE_DIR to a folder, or BROKER_ARCHIVE_BUCKET.",
        )
    return archiving


def _run(archiving: Archiving, place: Place) -> bool:
    try:
        count = archiving.archive(place)
    except BrokerError as error:
        click.echo(f"{_titled(place.label)}: not archived. {error} {error.help}", err=True)
        return False
    stands = archiving.source.standing(place)
    click.echo(f"{_titled(place.label)}: {count:,} entries added, {stands.point.size:,} are archived.")
    if stands.stamp_fault:
        click.echo(f"  Without a time-stamp. {stands.stamp_fault}", err=True)
    return stands.stamp_fault is None


def _rebuilt(installation: Installation, place: Place, key: PublicKey, export: Path | None) -> Rebuilt:
    stamping = open_stamping(installation.settings)
    with _file(export) as path:
        return rebuild(
            place, key, path, at=SystemClock().now(), check_stamp=stamping.check if stamping else None
        )


@contextmanager
def _file(kept: Path | None) -> Iterator[Path]:
    if kept:
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "export"


def _show(found: Rebuilt, differs: str) -> None:
    report = found.report
    if report:
        held = [_counted(found.segments, "object"), _counted(report.entries, "entry", "entries")]
        held.append(_counted(report.checkpoints, "checkpoint"))
        click.echo(f"  {'ok   ' if report.ok else 'WRONG'}  {', '.join(held)}.")
        for fault in report.faults:
            click.echo(f"  WRONG  {fault.words} [{fault.kind}]")
        if not report.checkpoints:
            click.echo("  WRONG  No checkpoint vouches for any of them.")
    for words in found.faults:
        click.echo(f"  WRONG  {words}")
    if found.unlocked:
        click.echo(
            f"  note   {_counted(found.unlocked, 'object')} not locked, or no longer: that can be removed."
        )
    if found.last_stamp:
        last = f"{found.last_stamp:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"  ok     {_counted(found.stamps, 'time-stamp')} fit, the last of {last}.")
    if differs:
        click.echo(f"  WRONG  {differs}")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _titled(label: str) -> str:
    return label[:1].upper() + label[1:]
