"""Long runs of the same kind of step become one that can be opened: a story is read at a glance first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from broker.review.story.timeline import Step

# Fewer than these are read sooner than opened.
FEWEST = 4
_RUNS = {
    ("site.event", "done"): "The site saw {} things",
    ("site.event", "stop"): "The site refused {} times",
    ("token.issued", "done"): "Software got {} tokens",
    ("token.revoked", "done"): "Tokens were taken back {} times",
    ("link.issued", "done"): "{} links were handed out",
    ("link.exchanged", "done"): "{} things were opened",
    ("link.refused", "stop"): "{} links were refused",
    ("grant.push_failed", "done"): "The site did not confirm {} times",
}
_VERBS = {
    "Opened": "opened",
    "Looked": "looked through lists",
    "Changed": "changed",
    "Added": "added notes",
    "Used": "used",
    "Exported": "exported",
}


@dataclass(frozen=True)
class Folded:
    """A step as the page shows it; ``inner`` are those it stands for, none for a step of its own."""

    at: datetime | None
    title: str
    text: str
    kind: str
    inner: tuple[Step, ...] = ()


def folded(steps: Iterable[Step]) -> tuple[Folded, ...]:
    """The same steps in the same order, each of them once."""
    runs = (list(run) for _, run in groupby(steps, key=lambda step: (step.event, step.kind)))
    return tuple(each for run in runs for each in _fold(run))


def _fold(run: Sequence[Step]) -> Iterator[Folded]:
    first = run[0]
    words = _RUNS.get((first.event, first.kind))
    if words is None or len(run) < FEWEST:
        yield from (Folded(step.at, step.title, step.text, step.kind) for step in run)
        return
    yield Folded(first.at, words.format(len(run)), _summary(run), first.kind, tuple(run))


def _summary(run: Sequence[Step]) -> str:
    """``Opened 7, changed 2``; empty where the titles begin with no verb."""
    counts = Counter(_VERBS.get(step.title.partition(" ")[0], "") for step in run)
    told = ", ".join(f"{verb} {count}" for verb, count in counts.most_common() if verb)
    return f"{told[0].upper()}{told[1:]}." if told else ""
