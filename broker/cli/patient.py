"""``broker patient``: patients by the clinic's own ids, and what is held of them here."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Invalid, NotFound
from broker.patients.holdings import HoldingKind, holdings_of
from broker.patients.register import Patient, add_patient, find_patient
from broker.store import Reader
from broker.vault.records import parse_record, store_record

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}

SHAPE = '{"notice": "", "sections": [{"heading": "Alerts", "lines": [{"label": "Allergy", "text": "..."}]}]}'


@click.group()
def patient() -> None:
    """Register patients, and store their recordings and records encrypted."""


@patient.command()
@click.argument("clinic_ref")
@click.option("--compartment", default="general", show_default=True, help="One of the policy's compartments.")
@click.pass_obj
def add(installation: Installation, clinic_ref: str, compartment: str) -> None:
    """Register the patient the clinic calls CLINIC_REF."""
    parts = installation.parts
    if compartment not in parts.catalog.compartments:
        known = ", ".join(parts.catalog.compartments)
        raise Invalid(f"The policy knows no compartment {compartment!r}; it knows: {known}.")
    with parts.store.write() as tx:
        added = add_patient(tx, parts.ledger, actor=ACTOR, clinic_ref=clinic_ref, compartment=compartment)
    click.echo(f"Registered as {added.id}.")


@patient.command("list")
@click.argument("clinic_ref")
@click.pass_obj
def list_command(installation: Installation, clinic_ref: str) -> None:
    """What is held of CLINIC_REF: ids, kinds and titles, no content."""
    with installation.parts.store.read() as reader:
        found = registered(reader, clinic_ref)
        click.echo(f"{found.id}\t{found.compartment}")
        for kind in HoldingKind:
            for held in holdings_of(reader, found.id, kind):
                click.echo(f"{held.id}\t{held.kind}\t{held.media_type}\t{held.title}")


@patient.command()
@click.argument("clinic_ref")
@click.argument("file", type=FILE)
@click.option("--title", required=True, help="What people choose by. No names, no dates of birth.")
@click.option("--media-type", help="Taken from the file's ending when left out.")
@click.pass_obj
def recording(
    installation: Installation, clinic_ref: str, file: Path, title: str, media_type: str | None
) -> None:
    """Encrypt the recording in FILE and hold it for CLINIC_REF. FILE itself is left as it is."""
    kind = media_type or MEDIA_TYPES.get(file.suffix.lower())
    if kind is None:
        raise Invalid(
            f"What {file.suffix or 'this file'} holds is not known.", help="Say it with --media-type."
        )
    parts = installation.parts
    with parts.store.read() as reader:
        found = registered(reader, clinic_ref)
    with file.open("rb") as source:
        held = parts.shelf.add_recording(
            parts.store,
            parts.ledger,
            actor=ACTOR,
            patient_id=found.id,
            title=title,
            media_type=kind,
            source=source,
        )
    click.echo(f"Stored encrypted as {held.id}. Remove {file.name} where it is no longer needed.")


@patient.command()
@click.argument("clinic_ref")
@click.argument("file", type=FILE)
@click.option("--title", required=True, help="What people choose by. No names, no dates of birth.")
@click.pass_obj
def record(installation: Installation, clinic_ref: str, file: Path, title: str) -> None:
    """Encrypt the record in FILE (JSON: notice, sections of heading and lines) and hold it for CLINIC_REF."""
    content = parse_record(file.read_bytes())
    if content is None:
        raise Invalid(f"{file.name} is not a record. One looks like this:\n{SHAPE}")
    parts = installation.parts
    with parts.store.read() as reader:
        found = registered(reader, clinic_ref)
    held = store_record(
        parts.shelf,
        parts.store,
        parts.ledger,
        actor=ACTOR,
        patient_id=found.id,
        title=title,
        record=content,
    )
    click.echo(f"Stored encrypted as {held.id}.")


def registered(reader: Reader, clinic_ref: str) -> Patient:
    """The patient, or NotFound that says how to register one."""
    found = find_patient(reader, clinic_ref)
    if found is None:
        raise NotFound("No patient has that id.", help="Register them with: broker patient add CLINIC_REF")
    return found
