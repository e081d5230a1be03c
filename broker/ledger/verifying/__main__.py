"""``python -m broker.ledger.verifying FILE``: all an auditor needs. No database, no web, no network, no state.

FILE is an export of the ledger, or a grant's receipt. The exit status is 0 only
when everything fits and something in it was signed by the key.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from broker.errors import BrokerError, Unavailable
from broker.ledger.checkpoints.notes import read_notes
from broker.ledger.exporting.export import read_title, verify_export
from broker.ledger.signing.cosign import CosignerKey, parse_cosigner
from broker.ledger.signing.keys import PublicKey, load_public
from broker.ledger.verifying.receipt import check_receipt
from broker.ledger.verifying.tell import is_receipt, tell_receipt, tell_report


def main(words: list[str] | None = None) -> int:
    asked = _arguments().parse_args(words)
    try:
        key = load_public(asked.public_key) if asked.public_key else None
        if is_receipt(asked.file):
            return _receipt(asked.file, key, [parse_cosigner(_text(path)) for path in asked.witness])
        return _export(asked.file, key, asked.checkpoints)
    except BrokerError as error:
        sys.stderr.write(f"{error}\n{error.help}\n")
        return 1


def _receipt(file: Path, key: PublicKey | None, witnesses: list[CosignerKey]) -> int:
    checked = check_receipt(file.read_bytes(), key, witnesses)
    sys.stdout.writelines(f"{line}\n" for line in tell_receipt(checked, compared=key is not None))
    return 0


def _export(file: Path, key: PublicKey | None, checkpoints: Path | None) -> int:
    if key is None:
        sys.stdout.write("Checked with the key inside the export. Compare it with the one you were given:\n")
        sys.stdout.write(f"{read_title(file).key.vkey}\n")
    notes = read_notes(checkpoints) if checkpoints else None
    report = verify_export(file, key=key, notes=notes)
    fine, lines = tell_report(report)
    (sys.stdout if fine else sys.stderr).writelines(f"{line}\n" for line in lines)
    return 0 if fine else 1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            f"{path} cannot be read.", help="Name the file of a witness's public key."
        ) from error


def _arguments() -> argparse.ArgumentParser:
    about = "Check an export of the ledger, or a receipt, with nothing but the ledger's public key."
    parser = argparse.ArgumentParser(prog="python -m broker.ledger.verifying", description=about)
    parser.add_argument("file", type=_file, help="an export, or a receipt")
    parser.add_argument("--public-key", type=_file, help="the ledger's public key, which came another way")
    parser.add_argument("--checkpoints", type=_file, help="checkpoints you kept yourself (of an export)")
    parser.add_argument(
        "--witness",
        type=_file,
        action="append",
        default=[],
        help="a witness that must have signed (of a receipt)",
    )
    return parser


def _file(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {word}")
    return path


if __name__ == "__main__":
    sys.exit(main())
