"""The OpenAPI 3.1 document, made from the operations themselves so that it cannot say otherwise than they do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from broker import __version__
from broker.web.api.frame.components import HEADERS, PARAMETERS, PROBLEM, ref, security_schemes
from broker.web.api.frame.operation import PREFIX, Family, Operation
from broker.web.api.frame.paging import Page
from broker.web.api.frame.refusals import problem_response, statuses

REF = "#/components/schemas/{model}"
_ARGUMENT = re.compile(r"<(\w+)>")
_ABOUT = (
    "What the pages of the emergency access broker do, for software. People call it with the session of the pages, "
    "software with access tokens (RFC 9068), bound to a key by DPoP (RFC 9449) where that is asked for. Every refusal "
    "is a problem document (RFC 9457). Times are UTC. Patients go by the clinic's own opaque ids, in bodies only."
)

Json = dict[str, Any]
Schemas = dict[type[BaseModel], Json]


def document(families: Iterable[Family], base_url: str) -> Json:
    """The whole document for a broker at ``base_url``."""
    operations = [operation for family in families for operation in family.operations]
    schemas, definitions = _schemas(operations)
    paths: Json = {}
    for operation in operations:
        path = PREFIX + _ARGUMENT.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Emergency access broker", "version": __version__, "description": _ABOUT},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Problem": PROBLEM},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": {str(status): problem_response(status) for status in _told(operations)},
            "securitySchemes": security_schemes(base_url),
        },
    }


def _schemas(operations: Iterable[Operation]) -> tuple[Schemas, Json]:
    """References by model, and the definitions they lead to."""
    taken = {(each.body, "validation") for each in operations if each.body}
    told = {(each.answer, "serialization") for each in operations if each.answer}
    wanted = sorted(taken | told, key=lambda pair: (pair[0].__name__, pair[1]))
    references, whole = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]
    return {model: found for (model, _), found in references.items()}, whole["$defs"]  # type: ignore[misc]


def _told(operations: Iterable[Operation]) -> list[int]:
    return sorted({status for operation in operations for status in statuses(operation)})


def _operation(operation: Operation, schemas: Schemas) -> Json:
    told: Json = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": " ".join(operation.text.split()),
        "parameters": _parameters(operation),
        "security": _security(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.body is not None:
        content = {"application/json": {"schema": schemas[operation.body]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _parameters(operation: Operation) -> list[Json]:
    named = [ref("parameters", name) for name in _ARGUMENT.findall(operation.path)]
    queried = _query(operation.query) if operation.query else []
    more = ["If-None-Match"] if not operation.changes else ["Idempotency-Key"]
    return [*named, *queried, *(ref("parameters", name) for name in more)]


def _query(model: type[BaseModel]) -> list[Json]:
    schema = model.model_json_schema(ref_template=REF)
    inner = schema.get("$defs", {})
    found = []
    for name, about in schema["properties"].items():
        plain = _without_null(_inlined(about, inner))
        # A parameter that is not there is the default; an empty one is a value.
        found.append({"name": name, "in": "query", "required": False, "schema": plain})
    return found


def _inlined(about: Any, inner: Json) -> Any:
    if isinstance(about, list):
        return [_inlined(each, inner) for each in about]
    if not isinstance(about, dict):
        return about
    if "$ref" in about:
        name = about["$ref"].rsplit("/", 1)[1]
        return {**_inlined(inner[name], inner), **{k: v for k, v in about.items() if k != "$ref"}}
    return {key: _inlined(value, inner) for key, value in about.items()}


def _without_null(about: Json) -> Json:
    kinds = [each for each in about.get("anyOf", ()) if each != {"type": "null"}]
    kept = {
        key: value for key, value in about.items() if key != "anyOf" and not (key == "default" and not value)
    }
    return {**kept, **kinds[0]} if len(kinds) == 1 else about


def _security(operation: Operation) -> list[Json]:
    by_session: Json = {"session": [], "csrf": []} if operation.changes else {"session": []}
    if operation.door.scope is None and not operation.door.anybody:
        return [by_session]
    scopes = [operation.door.scope] if operation.door.scope else []
    return [by_session, {"oauth2": scopes}]


def _responses(operation: Operation, schemas: Schemas) -> Json:
    done: Json = {
        "description": "Done." if operation.changes else "As it stands now.",
        "headers": _headers(operation),
        "content": _content(operation, schemas),
    }
    if operation.leads_to:
        done["links"] = {
            name: {"operationId": name, "parameters": dict(arguments)}
            for name, arguments in operation.leads_to.items()
        }
    told: Json = {str(operation.status): done}
    if not operation.changes:
        told["304"] = {"description": "Nothing is new.", "headers": {"ETag": ref("headers", "ETag")}}
    return told | {str(status): ref("responses", str(status)) for status in sorted(statuses(operation))}


def _content(operation: Operation, schemas: Schemas) -> Json:
    if operation.answer is not None:
        return {"application/json": {"schema": schemas[operation.answer]}}
    return {media: {"schema": {} if "json" in media else {"type": "string"}} for media in operation.streams}


def _headers(operation: Operation) -> Json:
    named = ["X-Request-Id"]
    named += ["RateLimit-Policy", "RateLimit"] if operation.limited else []
    named += ["Idempotency-Replayed"] if operation.kept else []
    named += ["ETag"] if not operation.changes else []
    named += ["Link"] if operation.answer and issubclass(operation.answer, Page) else []
    named += ["X-Total-Count"] if operation.streams else []
    named += ["Location"] if operation.leads_to and operation.status == 201 else []  # noqa: PLR2004
    return {name: ref("headers", name) for name in named}
