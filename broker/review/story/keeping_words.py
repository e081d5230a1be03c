"""In words: what was erased, and what is held."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words

_WHOSE = {
    "request": "The holder's note",
    "comment": "An approver's comment",
    "review": "A reviewer's note",
    "opinion": "A second reviewer's note",
}


def _erased(seen: Seen) -> Words:
    what = _WHOSE.get(str(seen.facts["kind"]), "A note")
    by_policy = seen.facts.get("because") == "retention"
    why = "Policy keeps notes no longer." if by_policy else f"{seen.actor} confirmed that it be erased."
    return Words(f"{what} was erased", f"{why} That it was written, and when, stays proven.")


def _held(seen: Seen) -> Words:
    return Words(
        f"{seen.actor} placed a legal hold", f"Nothing of it is erased until it is released. {_why(seen)}"
    )


def _released(seen: Seen) -> Words:
    return Words(f"{seen.actor} released a legal hold", _why(seen))


def _erasure_asked(seen: Seen) -> Words:
    return Words(f"{seen.actor} asked for free text to be erased before its time", _why(seen))


def _erasure_done(seen: Seen) -> Words:
    held = seen.facts.get("held") or 0
    kept = f" {held} stayed: held, or still to be reviewed." if held else ""
    return Words(f"{seen.actor} confirmed an erasure", f"Notes erased: {seen.facts['erased']}.{kept}")


def _erasure_refused(seen: Seen) -> Words:
    return Words(f"{seen.actor} refused an erasure", "Nothing was erased.")


def _sealed(seen: Seen) -> Words:
    return Words("Notes of an earlier version were sealed", f"Notes: {seen.facts['count']}.")


def _told(seen: Seen) -> Words:
    what = {"accounting": "an accounting of disclosures", "answer": "the answer to a patient's question"}
    kind = str(seen.facts["kind"])
    return Words(f"{seen.actor} drew up {what.get(kind, kind)}", f"As {seen.facts['form']}.")


def _why(seen: Seen) -> str:
    return f"Reason given: {seen.facts['reason']}."


KEEPING_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "note.erased": _erased,
    "notes.sealed": _sealed,
    "hold.placed": _held,
    "hold.released": _released,
    "erasure.asked": _erasure_asked,
    "erasure.done": _erasure_done,
    "erasure.refused": _erasure_refused,
    "disclosures.told": _told,
}
