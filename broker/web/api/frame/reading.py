"""Reads what came with a call into the shape its operation takes."""

from __future__ import annotations

import re
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from broker.web.frame.problems import Stopped

KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = r"^[!-~]{1,255}$"
_KEY = re.compile(KEY_PATTERN)

M = TypeVar("M", bound=BaseModel)


def read_body(model: type[M]) -> M:
    """Stopped: not-json for another content type, malformed for what is no JSON, invalid with faults by field."""
    if request.mimetype != "application/json":
        raise Stopped("not-json")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise _stopped(error) from None


def read_query(model: type[M]) -> M:
    """Parameters nobody knows are left alone; one that is given twice is a fault."""
    known = {field.alias or name for name, field in model.model_fields.items()}
    given = {name: request.args.getlist(name) for name in request.args if name in known}
    twice = {name: "Give it once." for name, values in given.items() if len(values) > 1}
    if twice:
        raise Stopped("invalid", faults=twice)
    try:
        return model.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise _stopped(error) from None


def refuse_other_bodies() -> None:
    """An operation without a body takes none but JSON: no form of another site looks like that."""
    if request.content_length and request.mimetype != "application/json":
        raise Stopped("not-json")


def read_key() -> str:
    """The Idempotency-Key, empty when there is none."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        raise Stopped(
            "malformed", faults={KEY_HEADER: "1 to 255 printable ASCII characters, without spaces."}
        )
    return key


def _stopped(error: ValidationError) -> Stopped:
    faults = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        if each["type"] == "json_invalid":
            return Stopped("malformed")
        faults[".".join(map(str, each["loc"]))] = each["msg"]
    return Stopped("invalid", faults=faults)
