"""Looks whether a backup is whole without restoring it: every byte, every row's shape, and the ledger's chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from broker.backup.format.about import ABOUT, refuse_other_schema
from broker.backup.format.manifest import Manifest
from broker.backup.format.member import Member
from broker.backup.gather.database import FOLDER
from broker.backup.read import read_backup
from broker.errors import Invalid
from broker.ledger.body import EMPTY_DIGEST, leaf_digest
from broker.ledger.signing.keys import PublicKey
from broker.ledger.tables import ledger_entries

_ENTRIES = f"{FOLDER}{ledger_entries.name}/"
_COLUMNS = [column.name for column in ledger_entries.columns]
_SEQ, _DIGEST, _BODY = (_COLUMNS.index(name) for name in ("seq", "digest", "body"))


def verify_backup(file: Path, identity: Path, key: PublicKey | None) -> Manifest:
    """What it is of. Raises Invalid when anything in it could not be restored as it was."""
    chain = _Chain()
    manifest = read_backup(file, identity, key, chain)
    if (chain.size, chain.digest) != (manifest.ledger_size, manifest.ledger_digest):
        raise Invalid("The ledger in this backup does not end where its list says.", help="Take another one.")
    return manifest


@dataclass
class _Chain:
    """Goes along the entries: each is the next, and its digest is that of its body."""

    size: int = 0
    digest: str = EMPTY_DIGEST

    def take(self, member: Member) -> None:
        if member.name == ABOUT:
            refuse_other_schema(member)
        if not member.name.startswith(_ENTRIES):
            return
        for line in b"".join(member.chunks).splitlines():
            try:
                row = json.loads(line)
                body = json.loads(row[_BODY])
                follows = row[_SEQ] == self.size + 1 and body["previous"] == self.digest
                digest = leaf_digest(row[_BODY].encode())
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise Invalid("An entry of the ledger in this backup cannot be read.") from error
            if not follows or digest != row[_DIGEST]:
                raise Invalid(
                    f"Entry {self.size + 1} of the ledger in this backup is not what was written.",
                    help="The broker it was made of has to be looked at: broker audit verify",
                )
            self.size, self.digest = self.size + 1, digest
