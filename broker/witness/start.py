"""Before anything is served: is this database the one that was signed, and the one the witnesses saw grow?"""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from broker.errors import ConfigurationError
from broker.ledger.checkpoints.keep import LedgerBroken, last_vouched
from broker.ledger.checkpoints.since import check_since
from broker.witness.asking.gather import Known, gather
from broker.witness.watch import Watch

_HELP = """\
What to do:
- Nobody restored a backup, moved or replaced the database? Then this is evidence. Keep the database and the folder \
of checkpoints as they are, and call security.
- You restored a backup, and know why its end is missing? Go on with it: broker audit resume --reason "..."
- The wrong database or state folder? Correct BROKER_DATABASE_URL or BROKER_STATE_DIR.
- A witness you do not believe, and that proved nothing? Take it out of BROKER_WITNESSES.
Until then nothing is granted. What was granted ends: what was due has been taken back now; run "broker sweep" \
every minute until the broker runs again. See docs/witness.md"""

log = structlog.get_logger("broker.witness")


class LedgerMismatch(ConfigurationError):
    """The database is not the one that was signed or seen; the broker refuses to run on it."""

    help = _HELP


def mismatches(watch: Watch) -> list[str]:
    """What contradicts the database, the broker's own checkpoint first; asks every witness.

    Signs nothing, unless nothing was signed yet: a database that was set back must
    not be vouched for before the witnesses were heard.
    """
    own = _own(watch)
    if own:
        return [own]
    if watch.witnesses.named and watch.keeper.last() is None:
        try:
            watch.keeper.keep(watch.store)
        except LedgerBroken as broken:
            return [str(broken)]
        except OSError as error:
            # A full disk must not keep the one process from starting that ends access.
            log.warning("checkpoint_not_written", fault=str(error.strerror))
    known = gather(watch.witnesses, watch.store, watch.keeper, everybody=True)
    return list(_contradictions(known))


def refuse_mismatch(watch: Watch) -> None:
    """Raises LedgerMismatch, which says what to do. What barred granting before is lifted where all fits again."""
    found = mismatches(watch)
    for witness, standing in watch.witnesses.standings():
        if standing.fault:
            log.warning("witness_silent", witness=witness.key.name, fault=standing.fault)
    if not found:
        watch.guard.lift()
        return
    raise LedgerMismatch(f"The broker does not run on this database. {' '.join(found)}")


def _own(watch: Watch) -> str:
    path, key = watch.keeper.path, watch.keeper.key.public
    last = last_vouched(path, key) if path.exists() else None
    first = check_since(watch.store, last, path, key).first if last else None
    return first.words if first else ""


def _contradictions(known: list[Known]) -> Iterator[str]:
    for witness, standing in known:
        if standing.contradiction:
            says = "proves" if standing.contradiction.proven else "says"
            yield f"The witness {witness.key.name} {says} otherwise: {standing.contradiction.words}"
