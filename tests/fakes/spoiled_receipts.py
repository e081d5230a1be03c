"""A true receipt with one thing wrong, in every way we could think of: what a hostile server might send."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.receipts import OTHER_KEY, SmallLedger

Receipt = dict[str, Any]
Spoiled = tuple[str, Receipt]

_NO_ENTRY_PARTS = (None, -1, 0, True, 2**70, 1.5, [], "x", {"a": 1.5})
_NO_PARTS = (None, 7, "", [], {}, [7], "x")
_NO_LINES: tuple[Receipt, ...] = (
    {"extra": 1},
    {"proof": None},
    {"proof": "x"},
    {"proof": {}},
    {"body": None},
    {"body": 7},
    {"body": ""},
    {"body": "\ud800"},
)


def spoiled_receipts(ledger: SmallLedger, other: SmallLedger) -> Iterator[Spoiled]:
    """Each with words for what was done; ``other`` is another ledger of the same size and key."""
    receipt = ledger.receipt()
    for place in range(len(receipt["entries"])):
        yield from _bodies(receipt, place)
        yield from _proofs(receipt, place)
        yield from _lines(receipt, place)
    yield from _whole(receipt)
    yield from _checkpoints(receipt, ledger, other)


def _but(receipt: Receipt, change: Callable[[Receipt], object]) -> Receipt:
    copied = copy.deepcopy(receipt)
    change(copied)
    return copied


def _line_but(receipt: Receipt, place: int, **parts: Any) -> Receipt:
    return _but(receipt, lambda r: r["entries"][place].update(parts))


def _bodies(receipt: Receipt, place: int) -> Iterator[Spoiled]:
    said = json.loads(receipt["entries"][place]["body"])
    edits = [("actor", "person_x"), ("at", "2026-03-01T11:00:00.000000Z"), ("seq", said["seq"] + 1)]
    edits += [
        (name, value) for name in (*said, "extra") for value in _NO_ENTRY_PARTS if value != said.get(name, 1)
    ]
    for name, value in edits:
        body = json.dumps(said | {name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        yield f"entry {place} with {name} {value!r}", _line_but(receipt, place, body=body)
    half = receipt["entries"][place]["body"].replace("person_a", "\\ud800")
    yield f"entry {place} with half a character", _line_but(receipt, place, body=half)
    yield f"entry {place} not canonical", _line_but(receipt, place, body=json.dumps(said, sort_keys=True))


def _proofs(receipt: Receipt, place: int) -> Iterator[Spoiled]:
    proof = receipt["entries"][place]["proof"]
    for at, each in enumerate(proof):
        rest = proof[at + 1 :]
        yield f"proof {place} cut at {at}", _line_but(receipt, place, proof=[*proof[:at], *rest])
        for wrong in ("", "x", "AAAA", 7, None, each + "=", each[:-2] + "B=", " " + each, each.rstrip("=")):
            spoiled = _line_but(receipt, place, proof=[*proof[:at], wrong, *rest])
            yield f"proof {place} with {wrong!r} at {at}", spoiled
    yield f"proof {place} lengthened", _line_but(receipt, place, proof=[*proof, proof[0]])
    yield f"proof {place} endless", _line_but(receipt, place, proof=proof * 40)
    for other, line in enumerate(receipt["entries"]):
        if other != place:
            yield f"proof {other} for {place}", _line_but(receipt, place, proof=line["proof"])


def _lines(receipt: Receipt, place: int) -> Iterator[Spoiled]:
    line = receipt["entries"][place]
    for parts in _NO_LINES:
        yield f"line {place} with {parts}", _line_but(receipt, place, **parts)
    for wrong in (None, 7, "x", [], {}):
        yield (
            f"{wrong!r} for line {place}",
            _but(receipt, lambda r, w=wrong: r["entries"].__setitem__(place, w)),
        )
    yield f"line {place} twice", _but(receipt, lambda r: r["entries"].insert(place, line))
    unproved = _but(receipt, lambda r: r["later"].append(r["entries"].pop(place)["body"]))
    yield f"line {place} not proved", unproved
    for other in range(place):
        swapped = _but(receipt, lambda r, o=other: _swap(r["entries"], place, o))
        yield f"lines {place} and {other} swapped", swapped


def _swap(lines: list[Any], one: int, other: int) -> None:
    lines[one], lines[other] = lines[other], lines[one]


def _whole(receipt: Receipt) -> Iterator[Spoiled]:
    for name, value in receipt.items():
        yield f"without {name}", _but(receipt, lambda r, n=name: r.pop(n))
        for other in _NO_PARTS:
            if other != value:
                yield f"{name} {other!r}", receipt | {name: other}
    yield "more than a receipt", receipt | {"more": 1}
    yield "another grant", receipt | {"grant": "grant_theirs"}
    yield "another request", receipt | {"request": "request_theirs"}


def _checkpoints(receipt: Receipt, ledger: SmallLedger, other: SmallLedger) -> Iterator[Spoiled]:
    note, size = receipt["checkpoint"], len(ledger.bodies)
    notes = {f"checkpoint of {smaller}": ledger.note(smaller) for smaller in range(size)}
    notes["checkpoint of another ledger"] = other.note(size)
    notes["checkpoint of another key"] = ledger.note(size, OTHER_KEY)
    notes["checkpoint made larger"] = note.replace(f"\n{size}\n", f"\n{size + 1}\n")
    notes["checkpoint of another time"] = note.replace("12:01", "12:02")
    notes["checkpoint of another origin"] = note.replace("broker.example", "other.example")
    notes["checkpoint without a signature"] = note.split("\n\n")[0] + "\n"
    notes["checkpoint signed twice, once wrongly"] = note + note.splitlines()[-1].replace("A", "B") + "\n"
    for what, wrong in notes.items():
        yield what, receipt | {"checkpoint": wrong}
