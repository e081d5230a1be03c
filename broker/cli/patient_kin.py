"""``broker patient kin``: what tells that a patient may be family or a neighbour of staff."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import ConfigurationError, Invalid
from broker.identity.people import by_email
from broker.ledger.entry import Entry
from broker.patients.register import find_patient
from broker.review.oddities.kin_marks import KinKind
from broker.store import Reader
from broker.web.parts import Parts

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
COLUMNS = ("who", *KinKind)
BATCH = 500
MOST_FAULTS = 20

Known = tuple[str, Mapping[str, str]]


@click.command()
@click.argument("file", type=FILE)
@click.pass_obj
def kin(installation: Installation, file: Path) -> None:
    """Import surnames and addresses from FILE, a CSV with the columns who, surname, address.

    `who` is a patient's id as the clinic knows it, or the mail address of somebody on the staff. Names and
    addresses are not kept: only keyed marks, by which the same one is noticed again. Delete FILE afterwards.
    """
    parts = installation.parts
    marks = parts.kin_marks
    if marks is None:
        raise ConfigurationError("This installation has no key for such marks.")
    known = _read(parts, file)
    count = 0
    for some in _batches(known):
        with parts.store.write() as tx:
            count += sum(marks.put(tx, about, _said(row)) for about, row in some)
            facts = {"people_and_patients": len(some)}
            parts.ledger.append(tx, Entry("kin.imported", ACTOR, facts=facts))
    click.echo(f"{count} marks of {len(known)} people and patients are kept; delete the file now.")


def _batches(known: list[Known]) -> Iterator[list[Known]]:
    return (known[begin : begin + BATCH] for begin in range(0, len(known), BATCH))


def _said(row: Mapping[str, str]) -> list[tuple[KinKind, str]]:
    return [(kind, row.get(kind) or "") for kind in KinKind]


def _read(parts: Parts, file: Path) -> list[Known]:
    """Whom each line is about; Invalid when the file is not such a file, or names nobody here."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _known(parts, lines)
    except UnicodeDecodeError as error:
        raise Invalid("The file is not UTF-8 text.", help="Save it as CSV in UTF-8.") from error


def _known(parts: Parts, lines: IO[str]) -> list[Known]:
    table = csv.DictReader(lines)
    if tuple(table.fieldnames or ()) != COLUMNS:
        raise Invalid(f"The first line has to be: {','.join(COLUMNS)}", help="Nothing was imported.")
    known: list[Known] = []
    faults: list[str] = []
    with parts.store.read() as reader:
        for row in table:
            about = _about(reader, (row["who"] or "").strip())
            if about is None:
                faults.append(f"line {table.line_num}")
            else:
                known.append((about, row))
    if faults:
        more = f" and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        places = ", ".join(faults[:MOST_FAULTS])
        raise Invalid(f"Nobody here is meant by {places}{more}.", help="Nothing was imported. Correct them.")
    return known


def _about(reader: Reader, who: str) -> str | None:
    if "@" in who:
        person = by_email(reader, who)
        return person.id if person else None
    patient = find_patient(reader, who)
    return patient.id if patient else None
