"""docs/api.md tells of the operations and problems there are, and of no others."""

from __future__ import annotations

from broker.web.api.families import FAMILIES
from broker.web.api.frame.operation import Operation
from broker.web.frame.problem_kinds import KINDS
from tests.docs.pages import ROOT, rows

PAGE = ROOT / "docs" / "api.md"


def test_every_operation_is_told_with_its_door() -> None:
    """Address, roles, scope and whether software alone gets in, in the order of the document."""
    told = rows(PAGE, "## Operations")
    assert told == [_row(each) for family in FAMILIES for each in family.operations]


def test_every_problem_is_told() -> None:
    """By the last part of its type, in the words its address answers with."""
    told = rows(PAGE, "## Problems")
    assert told == [
        [kind.name, str(kind.status), f"{kind.title}. {kind.what}".replace("`", "")]
        for kind in KINDS.values()
    ]


def _row(operation: Operation) -> list[str]:
    door, path = operation.door, operation.path.replace("<", "{").replace(">", "}")
    scope = "any token" if door.anybody else door.scope or "session only"
    roles = ", ".join(sorted(door.roles))
    return [
        operation.name,
        f"{operation.method} {path}",
        roles,
        scope,
        "yes" if door.software else "",
    ]
