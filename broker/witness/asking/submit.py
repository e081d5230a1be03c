"""One checkpoint brought to one witness, and what its answer means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from broker.clock import Clock
from broker.errors import Invalid
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from broker.ledger.signing.cosign import cosignatures
from broker.ledger.signing.keys import PublicKey
from broker.witness.asking.call import Nothing, Said, call
from broker.witness.asking.named import Named
from broker.witness.submission import write_submission
from broker.witness.tree_head import digest_of, read_size

SIZE_TYPE = "text/x.tlog.size"
# A witness that saw more meanwhile is asked anew; more often only one that plays with us.
_TRIES = 3

ProofFrom = Callable[[int], list[bytes]]


@dataclass(frozen=True)
class Vouched:
    """The witness signed ``size`` entries at ``at``, which was checked; ``line`` is its signature line."""

    size: int
    at: datetime
    line: str


@dataclass(frozen=True)
class Silent:
    """Nothing is known of what the witness saw; ``fault`` says why."""

    fault: str


@dataclass(frozen=True)
class Objects:
    """The witness saw a ledger of ``size`` entries that this one does not go on from.

    That is its word. ``shown`` is the checkpoint it remembers, if our own key
    signed that: it proves by itself what the witness saw.
    """

    size: int
    shown: Checkpoint | None = None


@dataclass(frozen=True)
class Asked:
    """What is brought: ``note`` says ``size`` and is signed by ``key``; ``proof_from`` shows it goes on from a size."""

    note: str
    size: int
    key: PublicKey
    proof_from: ProofFrom


def submit(witness: Named, asked: Asked, last_seen: int, clock: Clock) -> Vouched | Silent | Objects:
    """Ask for a cosignature, from the size the witness saw last as far as is known."""
    old = min(last_seen, asked.size)
    for _ in range(_TRIES):
        said = _add(witness, asked, old, clock)
        if isinstance(said, Nothing):
            return Silent(said.fault)
        if said.status == HTTPStatus.OK:
            return _vouched(witness, asked, said.text)
        if said.status not in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            return Silent(_fault(said.status))
        seen = _size(said)
        if seen is None or seen == old or seen > asked.size:
            # Asked with the very size it named it refuses all the same; or it saw more than is brought.
            return Objects(old if seen is None else seen, _shown(witness, asked.key, clock))
        old = seen
    return Silent("It says another size each time it is asked.")


def _add(witness: Named, asked: Asked, old: int, clock: Clock) -> Said | Nothing:
    body = write_submission(old, asked.proof_from(old), asked.note)
    return call(f"{witness.url}/add-checkpoint", clock, body)


def _vouched(witness: Named, asked: Asked, text: str) -> Vouched | Silent:
    try:
        found = cosignatures(asked.note + text, [witness.key])
    except Invalid:
        found = []
    if not found:
        return Silent("It answered with something that is not its signature.")
    return Vouched(asked.size, found[-1].at, found[-1].line)


def _shown(witness: Named, key: PublicKey, clock: Clock) -> Checkpoint | None:
    said = call(f"{witness.url}/checkpoint/{digest_of(key.name)}", clock)
    if not isinstance(said, Said) or said.status != HTTPStatus.OK:
        return None
    try:
        return parse_checkpoint(said.text, key)
    except Invalid:
        return None


def _size(said: Said) -> int | None:
    if said.status != HTTPStatus.CONFLICT or said.kind != SIZE_TYPE:
        return None
    try:
        return read_size(said.text.removesuffix("\n"))
    except Invalid:
        return None


def _fault(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "It does not know this ledger. On its machine, run: broker witness trust PUBLIC-KEY"
    if status == HTTPStatus.FORBIDDEN:
        return "It knows this ledger by another key. On its machine, run: broker witness show"
    return f"It answered {status}."
