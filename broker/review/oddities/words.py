"""Why something is shown, in one sentence that accuses nobody, and what it might be instead."""

from __future__ import annotations

from collections.abc import Mapping

from broker.review.oddities.found import Signal

TITLES: Mapping[Signal, str] = {
    Signal.OVER_USE: "Much more access than others",
    Signal.ODD_HOURS: "Access at unusual hours",
    Signal.SAME_PAIR: "Always the same approver",
    Signal.SHORT_REASONS: "Hardly any reason given",
    Signal.COPIED_REASONS: "The same reason again and again",
    Signal.OWN_KIN: "A patient who may be family or a neighbour",
    Signal.AFTER_THE_END: "Tried after the access had ended",
    Signal.NEVER_USED: "Access that was not used",
    Signal.GLASS_BESIDE_APPROVER: "Glass broken while approvers were answering",
    Signal.GLASS_AFTER_NO: "Glass broken after a no",
}
_SENTENCES: Mapping[Signal, str] = {
    Signal.OVER_USE: "{person} had {count} grants in {days} days; half of the others had {others} or fewer, and {before} would have been usual for {person}.",
    Signal.ODD_HOURS: "{person} had access {times} around {hours}, which is rare among {known} earlier grants of theirs.",
    Signal.SAME_PAIR: "{other} approved {count} of {of} requests of {person} ({percent} %), though others approve as well.",
    Signal.SHORT_REASONS: "Of {of} times {person} broke the glass, {count} had a note with fewer than {characters} characters.",
    Signal.COPIED_REASONS: "{person} gave nearly the same note {times}, for {patients} patients.",
    Signal.OWN_KIN: "{person} had access {times} to somebody with the same {what}.",
    Signal.AFTER_THE_END: "{person} tried {times} to open something of {grants} grants that had ended. Nothing was opened.",
    Signal.NEVER_USED: "{person} opened nothing with {count} of {of} grants.",
    Signal.GLASS_BESIDE_APPROVER: "{person} broke the glass {times} while an approver answered somebody else within {minutes} minutes.",
    Signal.GLASS_AFTER_NO: "{person} broke the glass {times} within {minutes} minutes of a no.",
}
MAYBE: Mapping[Signal, str] = {
    Signal.OVER_USE: "Perhaps they covered for colleagues.",
    Signal.ODD_HOURS: "Perhaps they changed shifts.",
    Signal.SAME_PAIR: "Perhaps they share their duty hours.",
    Signal.SHORT_REASONS: "Perhaps there was no time to write.",
    Signal.COPIED_REASONS: "Perhaps it was one event with many patients.",
    Signal.OWN_KIN: "Many people share a name or a house by chance.",
    Signal.AFTER_THE_END: "Perhaps a page or a tab stayed open.",
    Signal.NEVER_USED: "Perhaps the need was gone, or the access did not work.",
    Signal.GLASS_BESIDE_APPROVER: "Perhaps that approver was not reachable for them.",
    Signal.GLASS_AFTER_NO: "Perhaps the patient got worse.",
}


def sentence(signal: Signal, facts: Mapping[str, object], person: str, other: str = "") -> str:
    """What was found, with its numbers."""
    times = "once" if facts.get("count") == 1 else f"{facts.get('count')} times"
    return _SENTENCES[signal].format(person=person, other=other, times=times, **facts)
