"""``python -m broker.ledger.verifying FILE``: all an auditor needs. No database, no web, no network, no state.

FILE is an export of the ledger, a grant's receipt, a proof of one entry, or a
proof that the ledger grew. The exit status is 0 only when everything fits and
something in it was signed by the key.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from broker.errors import BrokerError
from broker.ledger.verifying.check_file import check_file


def main(words: list[str] | None = None) -> int:
    asked = _arguments().parse_args(words)
    try:
        return check_file(asked.file, asked.public_key, asked.checkpoints, asked.witness)
    except BrokerError as error:
        sys.stderr.write(f"{error}\n{error.help}\n")
        return 1


def _arguments() -> argparse.ArgumentParser:
    about = "Check an export of the ledger, a receipt or a proof with nothing but the ledger's public key."
    parser = argparse.ArgumentParser(prog="python -m broker.ledger.verifying", description=about)
    parser.add_argument("file", type=_file, help="an export, a receipt or a proof")
    parser.add_argument("--public-key", type=_file, help="the ledger's public key, which came another way")
    parser.add_argument("--checkpoints", type=_file, help="checkpoints you kept yourself")
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
