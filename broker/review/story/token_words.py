"""What software got of a grant, and gave back, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words

_WHY = {
    "let_go": "The software needed it no longer.",
    "withdrawn": "The access itself went on.",
    "code_used_twice": "The code it was exchanged for came a second time, so one of two had stolen it.",
}


def _issued(seen: Seen) -> Words:
    facts = seen.facts
    until = str(facts["expires_at"])[11:19]
    bound = "Bound to its key" if facts["bound"] else "Good for whoever holds it"
    sender = " It asked by another system's word for who the person is." if facts.get("actor") else ""
    text = f"Good at {facts['audience']} until {until} UTC. {bound}.{sender}"
    return Words(f"{facts['software']} got a token", text)


def _revoked(seen: Seen) -> Words:
    count, why = len(seen.facts["tokens"]), seen.facts["why"]
    what = "A token was" if count == 1 else f"{count} tokens were"
    by = "" if seen.recorded.entry.actor.startswith("client:") else f" by {seen.actor}"
    kind = "stop" if why == "code_used_twice" else "done"
    return Words(f"{what} taken back{by}", _WHY.get(why, f"Because: {why}."), kind)


TOKEN_WORDS: Mapping[str, Callable[[Seen], Words]] = {"token.issued": _issued, "token.revoked": _revoked}
