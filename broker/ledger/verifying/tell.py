"""What a check found, line by line, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker.ledger.body import instant
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.verifying.faults import Report
from broker.ledger.verifying.plain_words import in_plain_words
from broker.ledger.verifying.proof_files import CheckedGrowth, CheckedInclusion
from broker.ledger.verifying.receipt import CheckedReceipt

SHOWN_FAULTS: Final = 20


def tell_receipt(checked: CheckedReceipt, *, compared: bool) -> Iterator[str]:
    """The story, what vouches for it, and what does not follow from it."""
    count = len(checked.entries)
    yield f"The receipt holds: {count} {'entry is' if count == 1 else 'entries are'} proved to be in the ledger."
    yield f"Grant {checked.grant}, of request {checked.request}:"
    for each in checked.entries:
        yield f"  {instant(each.at)}  entry {each.seq}  {in_plain_words(each)}"
    if checked.later:
        yield "Added later, and under no checkpoint yet, so not proved:"
    for each in checked.later:
        yield f"  {instant(each.at)}  entry {each.seq}  {in_plain_words(each)}"
    yield f"{_checkpoint(checked.checkpoint)}, by {checked.key.name}."
    for one in checked.cosignatures:
        yield f"The witness {one.key.name} saw that checkpoint at {instant(one.at)}."
    yield "It does not prove that there are no other entries about this grant; the whole ledger does."
    if not compared:
        yield "Checked with the key inside the receipt, which proves nothing yet. Compare it with the one you were given:"
        yield checked.key.vkey


def tell_inclusion(checked: CheckedInclusion) -> list[str]:
    """The one entry and what vouches for it."""
    recorded = checked.recorded
    told = f"  {instant(recorded.at)}  {in_plain_words(recorded)}"
    return [f"Entry {recorded.seq} is in the ledger:", told, f"{_checkpoint(checked.checkpoint)}."]


def tell_growth(checked: CheckedGrowth) -> list[str]:
    """From where to where the ledger only grew."""
    old, new = checked.old.size, checked.new.size
    grew = f"The ledger of {new} entries begins with the {old} you hold a checkpoint of: nothing was changed."
    return [grew, f"{_checkpoint(checked.new)}."]


def _checkpoint(checkpoint: Checkpoint) -> str:
    when = f", signed at {instant(checkpoint.at)}" if checkpoint.at else ""
    return f"Checkpoint of {checkpoint.size} entries{when}"


def tell_report(report: Report) -> tuple[bool, list[str]]:
    """Whether all of an export is fine, and what to say about it."""
    if not report.ok:
        lines = [
            f"The ledger is NOT whole. {report.entries:,} entries were read, {report.fault_count:,} faults:"
        ]
        lines += [f"  {fault.words} [{fault.kind}]" for fault in report.faults[:SHOWN_FAULTS]]
        if report.fault_count > SHOWN_FAULTS:
            lines.append(f"  and {report.fault_count - SHOWN_FAULTS:,} more")
        return False, [*lines, "Keep the file as it is: it is evidence."]
    whole = f"The ledger is whole: {report.entries:,} entries, each continuing the one before."
    last = report.last_checkpoint
    if last is None:
        # Whoever invents a ledger can write any public key above it.
        return not report.entries, [whole, "But nothing in it is signed, so anybody may have written it."]
    fit = "One checkpoint fits" if report.checkpoints == 1 else f"{report.checkpoints:,} checkpoints fit"
    when = f", of {instant(last.at)}," if last.at else ""
    beyond = f"{report.beyond_checkpoints:,} came after it."
    return True, [whole, f"{fit}. The last{when} vouches for the first {last.size:,} entries; {beyond}"]
