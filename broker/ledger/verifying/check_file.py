"""Checks one file an auditor was given, whatever kind it is, and says what it found."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from broker.errors import Invalid, Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.notes import parse_notes, read_notes
from broker.ledger.exporting.export import read_title, verify_export
from broker.ledger.exporting.proof_files import INCLUSION, OLD
from broker.ledger.exporting.receipt import FORMAT as RECEIPT
from broker.ledger.signing.cosign import CosignerKey, parse_cosigner
from broker.ledger.signing.keys import PublicKey, load_public
from broker.ledger.verifying.proof_files import check_growth_file, check_inclusion_file
from broker.ledger.verifying.receipt import check_receipt
from broker.ledger.verifying.tell import tell_growth, tell_inclusion, tell_receipt, tell_report

# The first line of each kind of file is shorter, and no two kinds share it.
_LOOKED_AT: Final = 200


def check_file(
    file: Path, public_key: Path | None, checkpoints: Path | None = None, witnesses: Iterable[Path] = ()
) -> int:
    """An export, a receipt or a proof: 0 when everything fits and something in it was signed, 1 for a bad export.

    ``checkpoints`` are those the reader kept. Raises BrokerError for a receipt or
    a proof that is refused.
    """
    key = load_public(public_key) if public_key else None
    beginning = _beginning(file)
    if RECEIPT in beginning:
        _receipt(file, key, [parse_cosigner(_text(path)) for path in witnesses])
        return 0
    if beginning.startswith((INCLUSION, OLD)):
        _proof(_text(file), key, checkpoints)
        return 0
    return _export(file, key, checkpoints)


def _receipt(file: Path, key: PublicKey | None, witnesses: list[CosignerKey]) -> None:
    checked = check_receipt(file.read_bytes(), key, witnesses)
    _say(tell_receipt(checked, compared=key is not None))


def _proof(text: str, key: PublicKey | None, checkpoints: Path | None) -> None:
    if key is None:
        raise Invalid("A proof holds no key.", help="Name the ledger's public key: --public-key KEY")
    if not text.startswith(OLD):
        _say(tell_inclusion(check_inclusion_file(text, key)))
        return
    notes = parse_notes(read_notes(checkpoints), key) if checkpoints else ()
    held = [each for each in notes if isinstance(each, Checkpoint)]
    _say(tell_growth(check_growth_file(text, key, held)))


def _export(file: Path, key: PublicKey | None, checkpoints: Path | None) -> int:
    if key is None:
        told = "Checked with the key inside the export. Compare it with the one you were given:"
        _say([told, read_title(file).key.vkey])
    notes = read_notes(checkpoints) if checkpoints else None
    fine, lines = tell_report(verify_export(file, key=key, notes=notes))
    (sys.stdout if fine else sys.stderr).writelines(f"{line}\n" for line in lines)
    return 0 if fine else 1


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _beginning(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LOOKED_AT).decode(errors="replace")


def _text(path: Path) -> str:
    try:
        # As it lies there: a line ending that was made another one is a change.
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{path} cannot be read.", help="Name a file of text.") from error
