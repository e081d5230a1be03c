"""The bar across granting: a file beside the checkpoints, there while the ledger contradicts what was signed.

Outside the database, because the database is what is in doubt, and seen by every
process on the same folder. Ending access never looks at it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from broker.errors import Unavailable
from broker.witness.files import replace_file

FILE = "ledger-mismatch.json"
HELP = (
    "Call security: the ledger is not the one that was signed, and what is granted now could not be proven. "
    "Access that runs still ends in time. On the broker's machine: broker audit verify, then see docs/witness.md"
)


@dataclass(frozen=True)
class Mismatch:
    """``by`` is the witness that proved it, empty for the broker's own checkpoint; ``told`` once it is in the ledger."""

    words: str
    by: str
    at: str
    told: bool = False


@dataclass(frozen=True)
class Guard:
    """``folder`` is where the checkpoints lie."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def found(self) -> Mismatch | None:
        """Why nothing is granted. A file that cannot be read bars as well."""
        try:
            return Mismatch(**json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return Mismatch(
                "A mismatch was found, and what it was cannot be read any more.", "", "", told=True
            )

    def check(self) -> None:
        """Raises Unavailable while the ledger contradicts what was signed."""
        if self.found():
            raise Unavailable("Nothing can be granted now: the ledger cannot be vouched for.", help=HELP)

    def bar(self, mismatch: Mismatch) -> None:
        """Nothing is granted from now on. Raises OSError where no file can be written; nothing can be granted there anyway."""
        replace_file(self.path, json.dumps(asdict(mismatch), indent=1) + "\n")

    def lift(self) -> None:
        """Grant again; where the file cannot be removed, later."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
