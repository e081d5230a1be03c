"""Writes the chain of events that Python and both PHP sides check: python -m tests.vectors.make_event_vectors."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("events.json")
START = "0" * 64
EVENTS: list[dict[str, Any]] = [
    {"account": "nurse", "at": 1772366400, "facts": {}, "grant": "grant_0001", "kind": "signed_in"},
    {
        "account": "nurse",
        "at": 1772366401,
        "facts": {"route": "/wp/v2/telehealth_note/(?P<id>[\\d]+)", "object": "telehealth_note 12"},
        "grant": "grant_0001",
        "kind": "opened",
    },
    {
        "account": 'Zoë "z" 😀 \u007f',
        "at": 1772366402,
        "facts": {"subject": "ünal\u2028", "count": 3, "to": "a,b\ttab", "below": -1},
        "grant": "",
        "kind": "role_changed",
    },
    {"account": "", "at": 1772366402, "facts": {"what": "plugins"}, "grant": "", "kind": "files_changed"},
]


def text() -> str:
    return json.dumps({"events": _chain(), "pages": _pages()}, indent=1) + "\n"


def _chain() -> list[dict[str, Any]]:
    previous, written = START, []
    for seq, fields in enumerate(EVENTS, 1):
        body = _body({**fields, "seq": seq})
        previous = _link(previous, body)
        written.append({"seq": seq, **fields, "body": body, "hash": previous})
    return written


def _body(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def _link(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _pages() -> list[dict[str, Any]]:
    """What a site might answer: ``expect`` is ok or the fault, ``seq`` the last proven or the first wrong event."""
    return [
        {"name": name, "after": after, "previous": previous, "page": page, "expect": expect, "seq": seq}
        for name, after, previous, page, expect, seq in (*_sound(), *_cut(), *_forged())
    ]


_Case = tuple[str, int, str, dict[str, Any], str, int]


def _page(after: int = 0) -> dict[str, Any]:
    links = [{"seq": one["seq"], "body": one["body"], "hash": one["hash"]} for one in _chain()]
    return {"events": links[after:], "head": {"seq": len(links), "hash": links[-1]["hash"]}}


def _sound() -> Iterator[_Case]:
    hashes = [START, *(one["hash"] for one in _chain())]
    yield "from the beginning", 0, START, _page(), "ok", 4
    yield "from the middle", 2, hashes[2], _page(2), "ok", 4
    yield "nothing new", 4, hashes[4], _page(4), "ok", 4
    yield "nothing ever", 0, START, {"events": [], "head": {"seq": 0, "hash": START}}, "ok", 0
    first = _page()
    first["events"] = first["events"][:2]
    yield "the first page of several", 0, START, first, "ok", 2


def _cut() -> Iterator[_Case]:
    hashes = [START, *(one["hash"] for one in _chain())]
    empty = {"events": [], "head": {"seq": 0, "hash": START}}
    yield "the table emptied", 4, hashes[4], empty, "rolled_back", 1
    shorter = _page(3)
    shorter["events"], shorter["head"] = [], {"seq": 3, "hash": hashes[3]}
    yield "the last row removed after it was pulled", 4, hashes[4], shorter, "rolled_back", 4
    without = _page()
    del without["events"][1]
    yield "a row removed", 0, START, without, "gap", 2
    yield "old rows gone before they were pulled", 1, hashes[1], _page(2), "gap", 2
    nothing = _page()
    nothing["events"] = []
    yield "no rows before a later head", 2, hashes[2], nothing, "gap", 3


def _forged() -> Iterator[_Case]:
    hashes = [START, *(one["hash"] for one in _chain())]
    edited = _page()
    edited["events"][1]["body"] = edited["events"][1]["body"].replace(" 12", " 13")
    yield "a row edited", 0, START, edited, "broken", 2
    yield "rewritten behind what was pulled", 2, START, _page(2), "broken", 3
    yield "another end", 4, START, _page(4), "broken", 4
    swapped = _page()
    swapped["events"][1:3] = swapped["events"][2:0:-1]
    yield "two rows swapped", 0, START, swapped, "gap", 2
    twice = _page()
    twice["events"].insert(1, copy.deepcopy(twice["events"][0]))
    yield "a row twice", 0, START, twice, "broken", 2
    beyond = _page()
    beyond["head"] = {"seq": 3, "hash": hashes[3]}
    yield "a row beyond the end", 0, START, beyond, "broken", 4
    for name, body in _odd_bodies():
        yield f"hashed but {name}", 0, START, _single(body), "broken", 1


def _single(body: str) -> dict[str, Any]:
    digest = _link(START, body)
    return {"events": [{"seq": 1, "body": body, "hash": digest}], "head": {"seq": 1, "hash": digest}}


def _odd_bodies() -> Iterator[tuple[str, str]]:
    good: dict[str, Any] = {**EVENTS[1], "seq": 1}
    yield "said twice", _body(good).replace('"seq":1', '"seq":2,"seq":1')
    yield "of another number", _body({**good, "seq": 2})
    yield "with escaped slashes", _body(good).replace("/", "\\/")
    yield "with blanks", json.dumps(good, sort_keys=True)
    yield "with one more field", _body({**good, "title": "x"})
    yield "with a field missing", _body({key: value for key, value in good.items() if key != "grant"})
    yield "with a nested fact", _body({**good, "facts": {"a": {"b": 1}}})
    yield "with a list of facts", _body({**good, "facts": []})
    yield "with a time that is none", _body({**good, "at": 1.5})
    yield "with half a character", _body({**good, "account": "\ud800"})
    yield "not JSON", "opened"
    yield "not an object", "[]"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
