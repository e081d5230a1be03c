"""Puts operations at their addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, Response

from broker.web.api.frame.answering import answer
from broker.web.api.frame.operation import PREFIX, Family, Operation


def blueprint(families: Iterable[Family]) -> Blueprint:
    """Every operation below /api/v1, its name as the endpoint."""
    made = Blueprint("api", __name__, url_prefix=PREFIX)
    for family in families:
        for operation in family.operations:
            made.add_url_rule(
                operation.path,
                operation.name,
                _answering(operation),
                methods=[operation.method],
            )
    return made


def _answering(operation: Operation) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        return answer(operation, path)

    return view
