"""The witness's one act: look, remember, then vouch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.clock import Clock
from broker.errors import Invalid, NotFound, Unavailable
from broker.ledger.signing.cosign import Cosignature, WitnessKey, cosign, cosignatures
from broker.ledger.signing.note import open_note, signatures_of
from broker.witness.cosigning.evidence import keep_evidence
from broker.witness.cosigning.judge import Refusal, Why, judge
from broker.witness.cosigning.memory import Ledger, Memory
from broker.witness.submission import Submission, read_submission
from broker.witness.tree_head import TreeHead, empty, read_head


@dataclass(frozen=True)
class Witness:
    """One witness: its key, what it remembers, and its clock."""

    key: WitnessKey
    memory: Memory
    clock: Clock

    def add_checkpoint(self, body: bytes) -> str | Refusal:
        """The cosignature line for what was sent, or why there is none. Raises Unavailable when it lost its memory."""
        try:
            submission = read_submission(body)
            origin = read_head(signatures_of(submission.note)[0]).origin
        except Invalid as error:
            return Refusal(Why.MALFORMED, str(error))
        try:
            with self.memory.watching(origin) as ledger:
                return self._decide(ledger, submission)
        except NotFound as error:
            return Refusal(Why.UNKNOWN_LEDGER, str(error))

    def seen(self, ledger: Ledger) -> tuple[TreeHead, datetime | None]:
        """How far the witness saw a ledger, and when it vouched for that."""
        note = ledger.last
        if note is None:
            return empty(ledger.origin), None
        mine = self._own(note)
        if not mine:
            raise Unavailable(
                f"What this witness remembers of {ledger.origin} is not what it signed.",
                help="Restore its folder as it was, or retire this witness: make another, with a key of its own.",
            )
        return read_head(signatures_of(note)[0]), mine[-1].at

    def _own(self, note: str) -> list[Cosignature]:
        try:
            return cosignatures(note, [self.key.public])
        except Invalid:
            return []

    def _decide(self, ledger: Ledger, submission: Submission) -> str | Refusal:
        text = _signed_text(ledger, submission.note)
        if text is None:
            return Refusal(Why.NOT_SIGNED, "No key known for this ledger signed the checkpoint.")
        last, last_at = self.seen(ledger)
        refusal = judge(submission, read_head(text), last)
        if refusal:
            if refusal.is_kept:
                keep_evidence(ledger.folder, submission.note, proven=refusal.why is Why.FORKED)
            return refusal
        # A clock set back must not make a larger ledger seem the older one.
        now = self.clock.now()
        line = cosign(self.key, text, max(now, last_at) if last_at else now)
        ledger.remember(_own_signatures(ledger, submission.note) + line)
        return line


def _signed_text(ledger: Ledger, note: str) -> str | None:
    for key in ledger.keys:
        try:
            return open_note(note, key)
        except Invalid:
            continue
    return None


def _own_signatures(ledger: Ledger, note: str) -> str:
    """The note with the ledger's signatures alone: what strangers added is not carried on."""
    text, gap, block = note.rpartition("\n\n")
    known = {(key.name, key.id) for key in ledger.keys}
    pairs = zip(block.split("\n"), signatures_of(note)[1], strict=False)
    return text + gap + "".join(f"{line}\n" for line, (name, key_id, _) in pairs if (name, key_id) in known)
