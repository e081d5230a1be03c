"""One policy file as written: plain values, and the line each of them stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from broker.policy.faults import Fault

Where = tuple[str | int, ...]
DEEPEST = 20
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = {
    _TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "map", "seq")
}
_TRUE = {"true", "yes", "on"}


@dataclass
class Source:
    """``tree`` is None when the file cannot be read as YAML; ``lines`` count from 1."""

    name: str
    tree: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, where: Where) -> int:
        """The line of a value, or of the nearest thing around it that is there."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def fault(self, where: Where, message: str) -> None:
        self.faults.append(Fault(self.name, self.line(where), message))


def read_source(path: Path) -> Source:
    """Read one file. Never raises: whatever is wrong is among the faults."""
    source = Source(str(path))
    try:
        node = _Loader(path.read_text(encoding="utf-8")).get_single_node()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        source.fault((), f"This file cannot be read: {reason}.")
    except yaml.YAMLError as error:
        source.faults.append(_syntax_fault(source.name, error))
    else:
        source.lines[()] = 1
        source.tree = _Builder(source).value(node, ()) if node else None
        if node is None:
            source.fault((), "This file says nothing. Fill it or remove it.")
    return source


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, so that every entitlement says itself what it allows."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs stop short of it
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(None, None, "aliases (*name) are not allowed; write the values out", mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise ComposerError(None, None, "this is nested too deeply to be a policy", mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Builder:
    """Turns nodes into text, numbers, truth values, lists and mappings, noting lines."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def value(self, node: yaml.Node, where: Where) -> Any:
        if node.tag not in _KNOWN_TAGS:
            self._source.fault(where, f"The tag {node.tag[:60]} has no place in a policy.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*where, place)) for place, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                self._source.faults.append(Fault(self._source.name, line, "A key must be a single word."))
            elif key in found:
                first = self._source.lines[*where, key]
                message = f'"{key}" is written twice here; the first stands on line {first}.'
                self._source.faults.append(Fault(self._source.name, line, message))
            else:
                self._source.lines[*where, key] = line
                found[key] = self.value(value_node, (*where, key))
        return found

    def _item(self, node: yaml.Node, where: Where) -> Any:
        self._source.lines[where] = node.start_mark.line + 1
        return self.value(node, where)


def _scalar(node: yaml.Node) -> str | int | bool | None:
    if node.tag == _TAG + "null":
        return None
    if node.tag == _TAG + "bool":
        return str(node.value).lower() in _TRUE
    # Only plain decimal is a number: YAML would read 1:30 as 90 and 010 as 8.
    plain = node.tag == _TAG + "int" and re.fullmatch(r"0|[1-9][0-9]{0,5}", node.value)
    return int(node.value) if plain else str(node.value)


def _syntax_fault(name: str, error: yaml.YAMLError) -> Fault:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        return Fault(name, mark.line + 1 if mark else 1, f"This is not YAML: {said}.")
    if isinstance(error, ReaderError):
        return Fault(
            name, 1, f"This is not YAML: it holds a character that cannot be printed (at {error.position})."
        )
    return Fault(name, 1, "This is not YAML.")
