"""Makes an export out of an archive alone, and checks it with nothing but the ledger's public key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from broker.archive.places.place import Place
from broker.archive.reading.walk import CheckStamp, Rebuilt, Walk
from broker.ledger.exporting.export import Title, verify_export, write_export
from broker.ledger.signing.keys import PublicKey
from broker.ledger.verifying.faults import StoredHead


def rebuild(
    place: Place, key: PublicKey, export: Path, *, at: datetime, check_stamp: CheckStamp | None = None
) -> Rebuilt:
    """Write what ``place`` holds to ``export``, and say everything that is wrong with it.

    Raises Unavailable when the place cannot be read, Conflict when ``export`` is there already.
    """
    found = Rebuilt()
    walk = Walk(place, key, found, at)
    entries = walk.entries()
    first = next(entries, None)
    if first is None:
        found.add(f"Nothing of the ledger of {key.vkey} is in {place.label}.")
        return found
    # The title says where the ledger ends, and that is known once all of it was read.
    for _entry in entries:
        pass
    end = StoredHead(found.point.size, found.point.digest, found.point.at)
    again = Walk(place, key, Rebuilt(), at)
    write_export(export, Title(key, end), walk.notes(), again.entries())
    found.report = verify_export(export, key=key)
    if check_stamp:
        walk.check_stamps(check_stamp)
    return found
