"""Whether the ledger is whole."""

from __future__ import annotations

from datetime import datetime

from broker.archive.examine import examine
from broker.identity.people import Role
from broker.ledger.signing.former import former_keys
from broker.review.check_ledger import check, standing
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Told
from broker.web.parts import parts
from broker.witness.asking.named import Named
from broker.witness.asking.standing import Standing
from broker.witness.examine import in_words

ledger = Family("reviewing")
LOOKS = Door(roles=frozenset({Role.REVIEWER, Role.ADMIN}), scope="ledger:read", software=True)
FAULTS_TOLD = 20


class WitnessStands(Told):
    """``size`` entries it vouched for last; ``contradicts`` when it saw another ledger, ``proven`` by our own signature."""

    name: str
    public_key: str
    size: int
    vouched_at: datetime | None
    well: bool
    contradicts: bool
    proven: bool
    words: str


class ArchiveStands(Told):
    """A copy that nobody can change: ``size`` entries are in it, ``lacks`` came since. ``words`` say what is wrong, too."""

    name: str
    size: int
    lacks: int
    archived_at: datetime | None
    well: bool
    words: str


class Stands(Told):
    """Unchecked. ``size`` is None when not even that can be read; ``unsigned`` entries no checkpoint vouches for yet.

    ``granting`` is false while the ledger contradicts what was signed. ``former_keys`` signed it before a loss.
    """

    size: int | None
    last_at: datetime | None
    last_event: str
    signed_size: int | None
    unsigned: int
    public_key: str
    former_keys: list[str]
    granting: bool
    witnesses: list[WitnessStands]
    archives: list[ArchiveStands]


class FaultFound(Told):
    """``seq`` is the entry it is about, if it is about one."""

    kind: str
    seq: int | None
    words: str


class LedgerChecked(Told):
    """``ok`` is false for any fault, any missing guard, and rows that say otherwise than the ledger."""

    ok: bool
    at: datetime
    entries: int
    checkpoints: int
    fault_count: int
    faults: list[FaultFound]
    unguarded: list[str]
    rows_ok: bool


@ledger.get("/ledger", "See where the ledger stands", LOOKS)
def show_ledger(call: Call) -> Stands:  # noqa: ARG001 - alike for everybody who came through the door
    found, watch = standing(parts().store, parts().checkpoints), parts().watch
    return Stands(
        size=found.size,
        last_at=found.last_at,
        last_event=found.last_event,
        signed_size=found.signed.size if found.signed else None,
        unsigned=found.unsigned,
        public_key=parts().checkpoints.key.public.vkey,
        former_keys=[key.vkey for key in former_keys(parts().settings.keys_dir)],
        granting=watch.guard.found() is None,
        witnesses=[_witness(*each) for each in watch.witnesses.standings()],
        archives=_archives(),
    )


def _archives() -> list[ArchiveStands]:
    with parts().store.read() as reader:
        found = examine(reader, parts().settings, parts().checkpoints.key.public.id.hex())
    return [
        ArchiveStands(
            name=each.name,
            size=each.stands.point.size,
            lacks=each.lacks,
            archived_at=each.stands.archived_at,
            well=each.good,
            words=each.words,
        )
        for each in found
    ]


def _witness(named: Named, stands: Standing) -> WitnessStands:
    return WitnessStands(
        name=named.key.name,
        public_key=named.key.vkey,
        size=stands.size,
        vouched_at=stands.vouched_at,
        well=stands.well,
        contradicts=stands.contradiction is not None,
        proven=stands.contradiction is not None and stands.contradiction.proven,
        words=in_words(stands),
    )


@ledger.post("/ledger/checks", "Check all of the ledger", LOOKS, kept=False)
def check_ledger(call: Call) -> LedgerChecked:  # noqa: ARG001 - likewise
    """Reads everything and writes nothing; costs enough that it has to be asked for."""
    found = check(parts().store, parts().checkpoints, parts().equipment.notes)
    report = found.report
    return LedgerChecked(
        ok=found.ok,
        at=found.at,
        entries=report.entries,
        checkpoints=report.checkpoints,
        fault_count=report.fault_count,
        faults=[FaultFound(kind=str(f.kind), seq=f.seq, words=f.words) for f in report.faults[:FAULTS_TOLD]],
        unguarded=list(found.unguarded),
        rows_ok=found.rows.ok,
    )
