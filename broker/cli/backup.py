"""``broker backup``: make, check and restore encrypted backups of the whole broker."""

from __future__ import annotations

from pathlib import Path

import click

from broker.backup.create import Source, create_backup
from broker.backup.format.age import new_key
from broker.backup.format.manifest import Manifest
from broker.backup.read import check_outside
from broker.backup.restore import Wanted, restore_backup
from broker.backup.verify import verify_backup
from broker.cli.installation import Installation
from broker.clock import SystemClock
from broker.errors import Invalid
from broker.ledger.checkpoints.notes import UnreadableNote, parse_notes, read_notes
from broker.ledger.signing.keys import PublicKey, load, load_public, parse_public

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(path_type=Path)
WHEN = "%Y-%m-%d %H:%M UTC"


@click.group()
def backup() -> None:
    """Make, check and restore encrypted backups of the whole broker."""


@backup.group()
def key() -> None:
    """The key that backups are sealed for."""


@key.command("new")
def new() -> None:
    """Print a new key. Keep it offline: without it no backup opens, and with it every one does."""
    made = new_key()
    click.echo(f"# made: {SystemClock().wall():%Y-%m-%dT%H:%M:%SZ}")
    click.echo(f"# recipient (BROKER_BACKUP_RECIPIENT, no secret): {made.recipient}")
    click.echo(made.identity)


@backup.command()
@click.argument("file", type=_NEW)
@click.option("--recipient", default="", help="Whom to seal it for; by default BROKER_BACKUP_RECIPIENT.")
@click.option("--recordings", is_flag=True, help="The sealed recordings and records too.")
@click.pass_obj
def create(installation: Installation, file: Path, recipient: str, recordings: bool) -> None:
    """Write a backup into FILE while the broker works."""
    settings = installation.settings
    parts = installation.parts
    source = Source(settings, parts.store, parts.ledger, load(installation.ledger_key_path))
    made = create_backup(source, file, recipient or settings.backup_recipient, recordings=recordings)
    click.echo(
        f"{made.size:,} bytes in {file}, of {made.made_at:{WHEN}}, with {made.ledger_size:,} ledger entries."
    )
    click.echo(f"SHA-256 {made.sha256}; signed in {file.name}.note")
    if not recordings:
        click.echo("Recordings are not in it: copy their folder too, or use --recordings.")


@backup.command()
@click.argument("file", type=_FILE)
@click.option("--identity", type=_FILE, help="The file with the key: everything in it is checked.")
@click.option("--public-key", type=_FILE, help="The ledger's public key: who made it is checked.")
def verify(file: Path, identity: Path | None, public_key: Path | None) -> None:
    """Check a backup without restoring it. Without --identity only that the file is what was written."""
    known = load_public(public_key) if public_key else None
    if identity is None:
        size = check_outside(file, known)
        click.echo(f"All {size:,} bytes are as they were written. What is inside needs --identity.")
        return
    manifest = verify_backup(file, identity, known)
    click.echo("The backup is whole.")
    _tell(manifest, known)


@backup.command()
@click.argument("file", type=_FILE)
@click.option("--into", type=_NEW, required=True, help="The new state folder; must not exist, or be empty.")
@click.option("--identity", type=_FILE, required=True, help="The file with the key.")
@click.option("--public-key", type=_FILE, help="The ledger's public key: who made it is checked.")
@click.option("--database-url", default="", help="An empty PostgreSQL; by default SQLite in the new folder.")
@click.option("--checkpoints", type=_FILE, help="Checkpoints kept elsewhere: says what was lost since.")
def restore(
    file: Path,
    into: Path,
    identity: Path,
    public_key: Path | None,
    database_url: str,
    checkpoints: Path | None,
) -> None:
    """Make a broker of FILE in an empty place, whole or not at all."""
    known = load_public(public_key) if public_key else None
    wanted = Wanted(file, identity, into, database_url, known)
    restored = restore_backup(wanted, now=SystemClock().now())
    click.echo(f"Restored into {into}.")
    _tell(restored.manifest, known)
    if checkpoints:
        _tell_lost(checkpoints, parse_public(restored.manifest.vkey), restored.manifest)
    _tell_next(into, restored.manifest, elsewhere=bool(database_url))


def _tell(manifest: Manifest, known: PublicKey | None) -> None:
    rows = sum(count for _, count in manifest.tables.values())
    click.echo(f"It is of {manifest.made_at:{WHEN}}, made by version {manifest.version}.")
    click.echo(f"{rows:,} rows, {manifest.ledger_size:,} ledger entries, {len(manifest.parts):,} parts.")
    if not manifest.recordings:
        click.echo("It holds no recordings.")
    if known is None:
        click.echo(
            "Checked with the key inside it. Compare that with the one you were given, or pass --public-key:"
        )
        click.echo(manifest.vkey)


def _tell_lost(checkpoints: Path, key: PublicKey, manifest: Manifest) -> None:
    known = [
        each.size
        for each in parse_notes(read_notes(checkpoints), key)
        if not isinstance(each, UnreadableNote)
    ]
    if not known:
        raise Invalid("None of the checkpoints you named is of this ledger.")
    lost = max(known) - manifest.ledger_size
    click.echo(
        f"At least {lost:,} entries of the ledger were lost: written after the backup, and vouched for elsewhere."
        if lost > 0
        else "No checkpoint you named knows of an entry that is not in it."
    )


def _tell_next(into: Path, manifest: Manifest, *, elsewhere: bool) -> None:
    click.echo("")
    click.echo("What to do next:")
    click.echo(f"1. Set BROKER_STATE_DIR={into} and BROKER_POLICIES_PATH={into / 'policies'}.")
    click.echo(f"   Other settings of then are in {into / 'settings.env'}; passwords are not.")
    if elsewhere:
        click.echo("   Set BROKER_DATABASE_URL to the database you restored into.")
    click.echo("2. Make sure that the old broker cannot run any more, anywhere.")
    click.echo("3. Start it. Access, sessions and tokens of then end at once, and every site is looked at.")
    click.echo(
        "   If it refuses because a witness saw more than this backup holds, say so: broker audit resume"
    )
    click.echo(
        f"4. Done again by hand since {manifest.made_at:{WHEN}}: people shut out, factors reset, notes erased,"
    )
    click.echo("   sites and software added or let go. Then confirm what the page Sites shows.")
