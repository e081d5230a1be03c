"""Checks a bundle with nothing but the file and the ledger's public key: signature, files, receipts, and the counts again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from broker.errors import BrokerError, Invalid
from broker.ledger.checkpoints.checkpoint import parse_checkpoint
from broker.ledger.signing.keys import PublicKey
from broker.ledger.signing.note import open_note
from broker.ledger.verifying.receipt import check_receipt
from broker.review.evidence.manifest import FORMAT, MANIFEST, SIGNATURE, signed_text

_CHUNK = 1 << 20
_MOST_PROSE = 64 << 20


@dataclass
class ReadBack:
    """``manifest`` is what was signed; ``faults`` are empty for a bundle that is as it was drawn."""

    manifest: dict[str, Any] = field(default_factory=dict)
    receipts: int = 0
    faults: list[str] = field(default_factory=list)


def read_back(path: Path, key: PublicKey) -> ReadBack:
    """Everything that is wrong with a bundle; nothing in it is believed before it was checked. Invalid when it is none."""
    try:
        with ZipFile(path) as archive:
            return _read_back(archive, key)
    except (BadZipFile, OSError, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise Invalid(
            "This is not a bundle of evidence, or it is damaged.", help="Ask for it again."
        ) from error


def _read_back(archive: ZipFile, key: PublicKey) -> ReadBack:
    content = _small(archive, MANIFEST)
    said = open_note(_small(archive, SIGNATURE).decode(), key)
    if not said.startswith(signed_text(key.name, content)):
        raise Invalid("The list of files is not the one that was signed.")
    found = ReadBack(json.loads(content))
    if found.manifest.get("format") != FORMAT:
        raise Invalid("The bundle is not in a form this version can read.")
    _check_names(archive, found)
    for name, bound in found.manifest["files"].items():
        _check_file(archive, name, bound, found)
    if not found.faults:
        _check_numbers(archive, key, found)
        _check_receipts(archive, key, found)
    return found


def _check_names(archive: ZipFile, found: ReadBack) -> None:
    counted = Counter(archive.namelist())
    promised = {*found.manifest["files"], MANIFEST, SIGNATURE}
    found.faults += [f"{name} was added." for name in sorted(counted.keys() - promised)]
    found.faults += [f"{name} is missing." for name in sorted(promised - counted.keys())]
    found.faults += [f"{name} is there twice." for name, count in counted.items() if count > 1]


def _check_file(archive: ZipFile, name: str, bound: dict[str, Any], found: ReadBack) -> None:
    if name not in archive.namelist():
        return
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    if digest.hexdigest() != bound["sha256"]:
        found.faults.append(f"{name} was changed.")


def _check_numbers(archive: ZipFile, key: PublicKey, found: ReadBack) -> None:
    rows = {
        name: sum(1 for _ in _rows(archive, name))
        for name in found.manifest["files"]
        if name.endswith(".csv")
    }
    for name, count in rows.items():
        if count != found.manifest["files"][name]["rows"]:
            found.faults.append(f"{name} has {count} rows, its manifest says otherwise.")
    counted = {row["event"]: int(row["entries"]) for row in _rows(archive, "ledger/counts.csv")}
    for tie in found.manifest["ties"]:
        if (rows[tie["file"]], counted.get(tie["event"], 0)) != (tie["rows"], tie["entries"]):
            found.faults.append(
                f"{tie['file']} and the ledger's count of {tie['event']} are not the ones told."
            )
        elif tie["rows"] != tie["entries"]:
            words = f"{tie['file']} has {tie['rows']} rows, the ledger {tie['entries']} entries of {tie['event']}."
            found.faults.append(words)
    kinds = Counter(row["kind"] for row in _rows(archive, "exceptions.csv"))
    if dict(kinds) != found.manifest["exceptions"]:
        found.faults.append("exceptions.csv does not hold the exceptions told.")
    checkpoint = parse_checkpoint(_small(archive, "ledger/checkpoint.txt").decode(), key)
    if checkpoint.size != found.manifest["ledger_size"]:
        found.faults.append("The checkpoint is of another size than told.")


def _check_receipts(archive: ZipFile, key: PublicKey, found: ReadBack) -> None:
    checkpoint = _small(archive, "ledger/checkpoint.txt").decode()
    for row in _rows(archive, "samples/drawn.csv"):
        name = f"samples/{row['grant']}/receipt.json"
        try:
            content = _small(archive, name)
            receipt = check_receipt(content, key)
        except (BrokerError, KeyError) as error:
            found.faults.append(f"{name} proves nothing. {error}")
            continue
        if receipt.grant != row["grant"] or json.loads(content)["checkpoint"] != checkpoint:
            found.faults.append(f"{name} is of another grant or another checkpoint.")
        found.receipts += 1


def _rows(archive: ZipFile, name: str) -> Iterator[dict[str, str]]:
    with archive.open(name) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))


def _small(archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_PROSE:
        raise ValueError("too large to be what it says")
    return archive.read(name)
