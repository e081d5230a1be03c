"""``broker audit``: check, export and sign the ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from broker.cli import audit_proofs
from broker.cli.ledger_place import Place
from broker.ledger.body import instant
from broker.ledger.check_database import Checked, check_database
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.checkpoints.notes import read_notes
from broker.ledger.exporting import export as exporting
from broker.ledger.signing.keys import PublicKey, load, load_public
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.check_file import check_file
from broker.ledger.verifying.faults import Report
from broker.review.against_ledger.check import RowsChecked, check_rows

SHOWN_FAULTS = 20
UNVOUCHED_CHECKPOINTS = "None of the checkpoints you named vouches for this ledger."
UNVOUCHED_EXPORT = "Nothing in this export is signed, so anybody may have written it. Ask for one made after: broker audit checkpoint"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Check, export and sign the ledger that holds every step of every grant."""


@audit.command()
@click.option(
    "--checkpoints",
    "--heads",
    type=_FILE,
    help="Checkpoints you keep yourself; by default this installation's.",
)
@click.option("--public-key", type=_FILE, help="The ledger's public key; by default this installation's.")
@click.option("--export", type=_FILE, help="Check this export instead of the database.")
@click.option("--receipt", type=_FILE, help="Check this receipt, or this proof, instead of the database.")
@click.option("--witness", type=_FILE, multiple=True, help="A witness that must have signed the receipt.")
@click.pass_obj
def verify(
    place: Place,
    checkpoints: Path | None,
    public_key: Path | None,
    export: Path | None,
    receipt: Path | None,
    witness: tuple[Path, ...],
) -> None:
    """Find out whether anything in the ledger was changed, deleted, moved or cut off.

    Then whether grants, requests, reviews, people and sessions still say what the
    ledger says of them. Exit status 1 when not; the entry or the row is named.
    """
    if receipt:
        raise click.exceptions.Exit(check_file(receipt, public_key, checkpoints, witness))
    rows = RowsChecked()
    if export:
        checked = Checked(_verify_export(export, checkpoints, public_key), ())
    else:
        checked = check_database(place.store, checkpoints or place.ledger_heads_path, _key(place, public_key))
        rows = check_rows(place.store, place.notes) if checked.report.ok else rows
    report = checked.report
    _show(report, export=export is not None)
    # An export that nothing signed could have been written by anybody.
    unvouched = bool((checkpoints or export) and report.entries and not report.checkpoints)
    for guard in checked.unguarded:
        click.echo(
            f"The database no longer refuses to change the ledger: its trigger {guard} is gone.", err=True
        )
    if unvouched:
        click.echo(UNVOUCHED_CHECKPOINTS if checkpoints else UNVOUCHED_EXPORT, err=True)
    _show_rows(rows)
    if unvouched or not checked.ok or not rows.ok:
        raise click.exceptions.Exit(1)


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(place: Place, file: Path) -> None:
    """Write the ledger, its checkpoints and its public key into FILE, to be checked anywhere."""
    key = _public_key(place)
    checkpoints = place.ledger_heads_path
    # They are looked at before the entries, or the newest could count entries not seen here.
    notes = read_notes(checkpoints) if checkpoints.exists() else ()
    with snapshot(place.store) as look:
        count = exporting.write_export(file, exporting.Title(key, look.head()), notes, look.entries())
    click.echo(f"{count:,} entries written to {file}.")
    click.echo("Hand the public key over by another way, so that the reader need not trust this file:")
    click.echo(key.vkey)


@audit.command()
@click.pass_obj
def checkpoint(place: Place) -> None:
    """Sign where the ledger stands now and keep that outside the database."""
    kept = CheckpointKeeper(place.ledger_heads_path, load(place.ledger_key_path)).keep(place.store)
    if kept:
        click.echo(f"{kept.size:,} entries are vouched for{_signed(kept.at)}: {place.ledger_heads_path}")
    else:
        click.echo("The ledger is still empty; there is nothing to sign.")


for proof in (audit_proofs.prove, audit_proofs.consistency, audit_proofs.receipt, audit_proofs.tiles):
    audit.add_command(proof)
# What it was called before.
audit.add_command(click.Command("head", callback=checkpoint.callback, help=checkpoint.help, hidden=True))


def _signed(at: datetime | None) -> str:
    return f", signed at {instant(at)}" if at else ""


def _verify_export(file: Path, checkpoints: Path | None, public_key: Path | None) -> Report:
    key = load_public(public_key) if public_key else None
    if key is None:
        click.echo(
            "Checked with the key inside the export. Compare it with the one you were given, or pass --public-key:"
        )
        click.echo(exporting.read_title(file).key.vkey)
    return exporting.verify_export(file, key=key, notes=read_notes(checkpoints) if checkpoints else None)


def _key(place: Place, public_key: Path | None) -> PublicKey:
    return load_public(public_key) if public_key else _public_key(place)


def _public_key(place: Place) -> PublicKey:
    if place.public_key_path.exists():
        return load_public(place.public_key_path)
    return load(place.ledger_key_path).public


def _show(report: Report, *, export: bool) -> None:
    if report.ok:
        click.echo(f"The ledger is whole: {report.entries:,} entries, each continuing the one before.")
        _show_checkpoints(report, export=export)
        return
    faults = "one fault" if report.fault_count == 1 else f"{report.fault_count:,} faults, the first first"
    click.echo(f"The ledger is NOT whole. {report.entries:,} entries were read; {faults}:", err=True)
    for fault in report.faults[:SHOWN_FAULTS]:
        click.echo(f"  {fault.words} [{fault.kind}]", err=True)
    if report.fault_count > SHOWN_FAULTS:
        click.echo(f"  and {report.fault_count - SHOWN_FAULTS:,} more", err=True)
    click.echo(
        "Keep the database and the checkpoints as they are: they are evidence. Call security.", err=True
    )


def _show_rows(rows: RowsChecked) -> None:
    if rows.ok:
        return
    click.echo(f"{rows.count:,} times the database says otherwise than the ledger:", err=True)
    for each in rows.disagreements[:SHOWN_FAULTS]:
        click.echo(f"  {each}", err=True)
    if rows.count > SHOWN_FAULTS:
        click.echo(f"  and {rows.count - SHOWN_FAULTS:,} more", err=True)
    click.echo("Somebody with hands on the database changed it past the broker. Call security.", err=True)


def _show_checkpoints(report: Report, *, export: bool) -> None:
    if report.last_checkpoint is None and report.entries and not export:
        click.echo("No checkpoint was at hand, so entries cut off its end would not be noticed.")
        click.echo("Sign one now: broker audit checkpoint")
    if report.last_checkpoint is None:
        return
    fit = "One checkpoint fits" if report.checkpoints == 1 else f"{report.checkpoints:,} checkpoints fit"
    click.echo(
        f"{fit}. The last{_signed(report.last_checkpoint.at)}, vouches for the first "
        f"{report.last_checkpoint.size:,} entries; {report.beyond_checkpoints:,} came after it."
    )
