"""The document of the API, and what each type of its problems means. Both are open to anybody."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from broker.errors import NotFound
from broker.web.api.families import FAMILIES
from broker.web.api.frame.openapi import document
from broker.web.frame.problem_kinds import KINDS
from broker.web.parts import parts

described = Blueprint("described", __name__, url_prefix="/api")


@described.get("/openapi.json")
def openapi() -> Response:
    return jsonify(document(FAMILIES, parts().settings.base_url))


@described.get("/problems/<name>")
def problem_type(name: str) -> Response:
    if name not in KINDS:
        raise NotFound("There is no such problem.")
    return jsonify(asdict(KINDS[name]))
