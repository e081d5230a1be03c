"""Answers one call: who, what they bring, the verb, and the answer told so that it can be polled and repeated."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import suppress
from typing import Any

import structlog
from cryptography.fernet import Fernet
from flask import Response, current_app, request
from pydantic import BaseModel

from broker.errors import Unavailable
from broker.web.api.frame.call import Call
from broker.web.api.frame.calling import check_csrf, let_in, who_calls
from broker.web.api.frame.kept_answers import Question, claim, give_up, keep
from broker.web.api.frame.operation import Operation
from broker.web.api.frame.rate import spend, tell
from broker.web.api.frame.reading import read_body, read_key, read_query, refuse_other_bodies
from broker.web.api.frame.shape import Streamed
from broker.web.frame.guard import note_use
from broker.web.parts import parts

log = structlog.get_logger("broker.web")

REPLAYED = "Idempotency-Replayed"
NEVER_ASKED = {"code", "passkey"}


def answer(operation: Operation, path: dict[str, str]) -> Response:
    """The operation's answer; whatever stands in its way is raised, and becomes a problem document."""
    call = _let_in(operation)
    given: dict[str, Any] = {**path}
    if operation.body is not None:
        given["body"] = read_body(operation.body)
    elif operation.changes:
        refuse_other_bodies()
    if operation.query is not None:
        given["query"] = read_query(operation.query)
    once = call.key and operation.kept
    response = _once(operation, call, given) if once else _do(operation, call, given)
    if operation.limited:
        tell(response, call.who)
    return _conditional(operation, response)


def _let_in(operation: Operation) -> Call:
    who = who_calls()
    let_in(operation.door, who)
    if operation.limited:
        spend(who)
    if who.session is not None:
        if operation.changes:
            check_csrf()
        # Whoever only asks whether there is news is nobody at work: an unattended ward PC signs itself out.
        if "If-None-Match" not in request.headers:
            note_use(who.session)
    return Call(who, read_key())


def _do(operation: Operation, call: Call, given: dict[str, Any]) -> Response:
    told = operation.view(call, **given)
    if isinstance(told, Streamed):
        told.response.headers.update(call.headers)
        return told.response
    response = Response(told.model_dump_json(), operation.status, mimetype="application/json")
    response.headers.update(call.headers)
    return response


def _conditional(operation: Operation, response: Response) -> Response:
    if operation.changes:
        return response
    response.add_etag()
    response.make_conditional(request.environ)
    return response


def _once(operation: Operation, call: Call, given: dict[str, Any]) -> Response:
    store, question = parts().store, Question(call.who.key, call.key, _asked(operation, given))
    sealed = claim(store, question)
    if sealed is not None:
        return _opened(sealed)
    try:
        response = _do(operation, call, given)
    except Exception:
        # Where that cannot be written either, the key is free again after a minute.
        with suppress(Unavailable):
            give_up(store, question)
        raise
    try:
        keep(store, question, _sealed(response, call))
    except Unavailable:
        # It is done. Whoever asks again finds it done, because each verb looks first.
        log.warning("answer_not_kept", operation=operation.name)
    return response


def _asked(operation: Operation, given: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        return value.model_dump(mode="json", exclude=NEVER_ASKED) if isinstance(value, BaseModel) else value

    return json.dumps([operation.name, {name: plain(value) for name, value in given.items()}], sort_keys=True)


def _sealed(response: Response, call: Call) -> bytes:
    # A link can stand in it: the database alone opens nothing.
    whole = [response.status_code, call.headers, response.get_data(as_text=True)]
    return _cipher().encrypt(json.dumps(whole).encode())


def _opened(sealed: bytes) -> Response:
    status, headers, body = json.loads(_cipher().decrypt(sealed))
    response = Response(body, status, mimetype="application/json")
    response.headers.update({**headers, REPLAYED: "true"})
    return response


def _cipher() -> Fernet:
    key = bytes(current_app.config["SECRET_KEY"])
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"kept answers\0" + key).digest()))
