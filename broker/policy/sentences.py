"""Says in a sentence what pydantic found wrong with a section."""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from broker.policy.document import Document
from broker.policy.durations import shown
from broker.policy.faults import did_you_mean

_EXPECTED = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "list_type": "must be a list, such as [one, two]",
    "dict_type": "must be a section with keys of its own",
    "model_type": "must be a section with keys of its own",
    "too_short": "must name at least one",
    "string_too_short": "must not be empty",
}


def sentence(error: ErrorDetails) -> str:
    """What is wrong, naming the key; never more than a line."""
    *around, last = _path(error) or ["this file"]
    name = f'Item {last + 1} of "{around[-1]}"' if isinstance(last, int) else f'"{last}"'
    kind, context = error["type"], error.get("ctx", {})
    said = f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}."
    if kind == "missing":
        said = f"{name} is missing{_in(around)}."
    elif kind == "extra_forbidden":
        said = f"Unknown key {name}{_in(around)}; {did_you_mean(str(last), keys_at(around))}"
    elif kind == "value_error":
        said = f"{name}: {context['error']}."
    elif kind == "string_pattern_mismatch":
        said = f"{shown(error['input'])} cannot be used here: it must match {context['pattern']}"
    elif kind in {"enum", "literal_error"}:
        said = f"{name} cannot be {shown(error['input'])}; allowed: {context['expected']}."
    elif kind in _EXPECTED:
        said = f"{name} {_EXPECTED[kind]}."
    return said


def keys_at(path: list[str | int]) -> list[str]:
    """The keys the language knows at a place in a file."""
    kind: Any = Document
    for step in path:
        below = kind.model_fields[step].annotation if _is_section(kind) else get_args(kind)[-1]
        optional = NoneType in get_args(below)
        kind = get_args(below)[0] if optional else below
    return list(kind.model_fields)


def _path(error: ErrorDetails) -> list[str | int]:
    return [step for step in error["loc"] if step != "[key]"]


def _in(around: list[str | int]) -> str:
    return f' in "{around[-1]}"' if around else ""


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
