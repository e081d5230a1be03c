"""The document of the API, and what each type of its problems means. Both are open to anybody."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache

from flask import Blueprint, Response, jsonify, request

from broker.errors import NotFound
from broker.web.api.families import FAMILIES
from broker.web.api.frame.openapi import document
from broker.web.frame.problem_kinds import KINDS
from broker.web.parts import parts

described = Blueprint("described", __name__, url_prefix="/api")


@described.get("/openapi.json")
def openapi() -> Response:
    answer = Response(_written(parts().settings.base_url), mimetype="application/json")
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer


@described.get("/problems/<name>")
def problem_type(name: str) -> Response:
    if name not in KINDS:
        raise NotFound("There is no such problem.")
    return jsonify(asdict(KINDS[name]))


@lru_cache(maxsize=4)
def _written(base_url: str) -> str:
    # Anybody may ask for it, and it takes a while to make.
    return json.dumps(document(FAMILIES, base_url), separators=(",", ":"), sort_keys=True)
