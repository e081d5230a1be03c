"""What a scope on a site opens, in words: the same on the form, to the approver, and in the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ORDERS = {"read": "read this patient's orders", "notes": "add notes to this patient's orders"}


def scope_words(scope: Mapping[str, Any]) -> list[str]:
    """One phrase for each thing, in lower case, without a full stop; nothing for holdings of the broker's own."""
    return list(_phrases(scope))


def software_words(scope: Mapping[str, Any]) -> list[str]:
    """What software gets of a grant, as one phrase like those of ``scope_words``; nothing where it gets nothing."""
    said = scope.get("credential")
    if said is None:
        return []
    verbs, things = _in_a_row(said["actions"]), _in_a_row(said["datatypes"])
    return [f"let software {verbs} this patient's {things} at {said['audience']}"]


def _in_a_row(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _phrases(scope: Mapping[str, Any]) -> Iterator[str]:
    if "posts" in scope:
        kind = str(scope["posts"]["post_type"]).replace("_", " ")
        yield f"{_verbs(scope['posts']['capabilities'])} this patient's “{kind}” entries"
    for verb in sorted(scope.get("orders", {}).get("capabilities", ()), key=list(_ORDERS).index):
        yield _ORDERS[verb]
    for capability in scope.get("primitives", ()):
        yield f"{capability.replace('_', ' ')}, of all patients"
    for resource in scope.get("resources", ()):
        yield f"use {resource}, for all patients"
    for role in scope.get("roles", ()):
        yield f"everything the site's role “{role}” may do, for all patients"


def _verbs(capabilities: Sequence[str]) -> str:
    return " and ".join(sorted(capabilities, key=lambda verb: verb != "read"))
