"""The first start after a restore: what may have ended since the backup was made ends now, and is written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import structlog
from sqlalchemy import select

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, grant_of
from broker.access.tables import grants
from broker.access.take_back import begin_taking_back
from broker.credentials.tokens.revoke import revoke_where
from broker.credentials.tokens.tables import access_tokens
from broker.errors import ConfigurationError
from broker.identity.sessions.end_session import Why, end_sessions
from broker.identity.tables import sessions
from broker.ledger.body import decompose
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.revocation.reconcile.drift import Drift, DriftKind
from broker.revocation.reconcile.open_drifts import open_drift
from broker.sites.register import CONNECTED, newest_version, raise_versions
from broker.sites.watch import look_soon
from broker.store import Reader, Transaction

MARK = "restored.json"
EVENT = "broker.restored"
VERSIONS_LEFT_OUT = 1_000_000
"""More documents than any site was sent since the backup: none of their versions is given out again."""

OLDER = Drift(
    DriftKind.RECORDS_OLDER,
    "",
    "This broker was restored from a backup: the site may have been told of things that these records do not know.",
    "Nothing is taken back there that these records do not know. Look for a newer backup; if there is none, confirm "
    "this, and what the site holds beyond these records can be ended.",
)

log = structlog.get_logger("broker.backup")


def settle_restored(equipment: Equipment, state_dir: Path) -> bool:
    """Whether this is such a start. One commit; killed anywhere, the next start does what is left.

    Live access and sessions end, tokens are taken back, every site is looked at, and the versions
    its documents may have had since are left out. Nothing restored opens anything.
    """
    mark = state_dir / MARK
    if not mark.exists():
        return False
    said = _read(mark)
    with equipment.store.write() as tx:
        if not _is_settled(tx, str(said["id"])):
            _settle(tx, equipment, said)
    mark.unlink(missing_ok=True)
    log.warning("restored_from_backup", made_at=said["made_at"])
    return True


def _settle(tx: Transaction, equipment: Equipment, said: Mapping[str, object]) -> None:
    ledger = equipment.ledger
    ended = _end_grants(tx, equipment)
    signed_out = _end_sessions(tx, equipment)
    tokens = revoke_where(tx, ledger, access_tokens.c.revoked_at.is_(None), actor="broker", why="restored")
    for site_id in tx.execute(CONNECTED).scalars().all():
        raise_versions(tx, site_id, newest_version(tx, site_id) + VERSIONS_LEFT_OUT)
        open_drift(tx, ledger, site_id, OLDER)
        look_soon(tx, site_id)
    counts = {"grants_ended": ended, "sessions_ended": signed_out, "tokens_taken_back": tokens}
    ledger.append(tx, Entry(EVENT, "broker", facts={**said, **counts}))


def _end_grants(tx: Transaction, equipment: Equipment) -> int:
    rows = tx.all(select(grants).where(grants.c.state.in_(LIVE)))
    for row in rows:
        grant = grant_of(row)
        cause = Cause.EXPIRED if grant.expires_at <= tx.at else Cause.ENDED_BY_SECURITY
        begin_taking_back(tx, equipment, grant, cause, actor="broker", marks={"because": "restored"})
    return len(rows)


def _end_sessions(tx: Transaction, equipment: Equipment) -> int:
    rows = tx.all(select(sessions.c.id, sessions.c.person_id).where(sessions.c.ended_at.is_(None)))
    for row in rows:
        end_sessions(tx, equipment.ledger, row.person_id, [row.id], actor="broker", why=Why.ENDED_BY_OTHER)
    return len(rows)


def _is_settled(reader: Reader, restore_id: str) -> bool:
    mine = select(ledger_entries.c.body, ledger_entries.c.digest).where(ledger_entries.c.event == EVENT)
    found = (decompose(row.body, row.digest).entry.facts for row in reader.all(mine))
    return any(facts.get("id") == restore_id for facts in found)


def _read(mark: Path) -> Mapping[str, object]:
    try:
        said = json.loads(mark.read_text(encoding="utf-8"))
        return {name: said[name] for name in ("id", "made_at", "restored_at", "ledger_size")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{mark} says that this broker was restored, and cannot be read.",
            help="Restore the backup again into an empty folder.",
        ) from error
