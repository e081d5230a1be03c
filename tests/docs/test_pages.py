"""What README.md and docs/ point at is there."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest
from pydantic_core import PydanticUndefined

from broker.cli import cli
from broker.settings import Settings
from tests.docs.pages import PAGES, ROOT, anchors, code, links, name_of, rows

_OURS = re.compile(r"(?:broker|adapters|tests|policies|templates|docs|\.ci)/[\w./*<>{},-]*")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")

each_page = pytest.mark.parametrize("document", PAGES, ids=name_of)


@each_page
def test_links_lead_somewhere(document: Path) -> None:
    """Each link within the repository names a file that is there, and a heading that file has."""
    broken = [link for link in links(document) if not _resolves(document, link)]

    assert not broken


@each_page
def test_commands_exist(document: Path) -> None:
    """Each ``broker`` command has the words, arguments and options it is written with."""
    wrong = {line: fault for line in code(document) if (fault := _command_fault(line))}

    assert not wrong


@each_page
def test_make_targets_exist(document: Path) -> None:
    """Whatever one is told to make can be made."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for line in code(document) for word in re.findall(r"\bmake ([a-z-]+)", line)}

    assert named <= targets


@each_page
def test_files_and_tests_exist(document: Path) -> None:
    """A path of this repository is a file or folder of it, and a test named is one that runs."""
    named = [line for line in code(document) if _OURS.fullmatch(line.partition("::")[0])]

    assert not [line for line in named if not _is_there(line)]


def test_every_page_is_found_from_the_index() -> None:
    """The index names all other pages."""
    index = ROOT / "docs" / "index.md"
    found = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}

    assert {page for page in PAGES if page.parent.name == "docs"} - {index} <= found


def test_settings_are_the_ones_the_process_reads() -> None:
    """The runbook has each setting with its default, and none that does not exist."""
    table = rows(ROOT / "docs" / "operations-runbook.md", "## Settings")

    assert {row[0]: row[1] for row in table} == {
        f"BROKER_{name.upper()}": _default(name) for name in Settings.model_fields
    }


def _resolves(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target)


def _command_fault(line: str) -> str:
    words = [word for word in _words(line) if not _ASSIGNMENT.match(word)]
    if not words or words[0].rpartition("/")[2] != "broker" or words == ["broker"]:
        return ""
    command: click.Command = cli
    rest = words[1:]
    while isinstance(command, click.Group):
        if not rest:
            return ""
        found = command.commands.get(rest[0])
        if found is None:
            return f"no command {rest[0]!r}"
        command, rest = found, rest[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {unknown}" if unknown else ""


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.removeprefix("$ "), comments=True)
    except ValueError:
        return []


def _is_there(line: str) -> bool:
    if named := _TEST.fullmatch(line):
        path, test = named.groups()
        return (ROOT / path).is_file() and test in _tests_in(ROOT / path)
    if "<" in line or "{" in line:
        return True  # a shape of names, not a name
    return any(ROOT.glob(line.rstrip("/")))


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.default_factory:
        return "the shipped ones"
    if field.default in {None, "", PydanticUndefined}:
        return "(empty)"
    return str(field.default)
