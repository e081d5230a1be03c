"""Asking and approving over HTTP, by the forms people use, beside hello from the same server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from broker.access.grant import GrantState, grant_of_request
from broker.identity.people import Role
from tests.benchmarks.cast import PATIENT, Actor, admit, join, noise
from tests.benchmarks.form_browser import FormBrowser
from tests.benchmarks.measure import Figure, figure, milliseconds
from tests.benchmarks.served import HELLO, Served, served
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.wire import time_of

STEPS = {
    "ask": "Ask: the form sent, code checked, request stored, approvers told",
    "approve": "Approve: sent, granted, active, everybody told",
    "whole": "Ask, look, approve, active: two pages opened and two forms sent",
}


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with served(folder) as server:
        admit(server.parts, noise(100_000))
        rounds = _rounds(sizes, server)
    for name, what in STEPS.items():
        ours, hello = ([each[side] for each in rounds] for side in (name, "hello"))
        yield figure(what, "one hello from the same server", "ms", ours, hello)


def _rounds(sizes: Sizes, server: Served) -> list[dict[str, float]]:
    parts = server.parts
    approver = join(parts, "approver", Role.APPROVER)
    found = []
    # A one-time code is taken once in half a minute, so every round has people of its own; the first one warms.
    for number in range(sizes.lifecycle_rounds + 1):
        people = [join(parts, f"clinician-{number}-{n}", Role.CLINICIAN) for n in range(sizes.people)]
        steps = [_one(server, person, approver) for person in people]
        hello = time_of(server.port, [HELLO] * sizes.small_answers, 1, 200) * 1000 / sizes.small_answers
        averages = {name: sum(step[name] for step in steps) / len(steps) for name in STEPS}
        found.append({**averages, "hello": hello})
    return found[1:]


def _one(server: Served, person: Actor, approver: Actor) -> dict[str, float]:
    with ExitStack() as stack:
        theirs, ours = (
            stack.enter_context(FormBrowser(server.port, each.token)) for each in (person, approver)
        )
        began = time.perf_counter()
        theirs.open("/requests/new")
        fields = _fields(person.code(server.parts))
        paths: list[str] = []
        ask = milliseconds(lambda: paths.append(theirs.send("/requests/new", fields)))
        decide = f"{paths[0]}/decide"
        ours.open(decide)
        approve = milliseconds(lambda: ours.send(decide, {"verdict": "approve", "comment": ""}))
        whole = (time.perf_counter() - began) * 1000
    _prove_active(server, paths[0])
    return {"ask": ask, "approve": approve, "whole": whole}


def _fields(code: str) -> dict[str, str]:
    return {
        "patient": PATIENT,
        "entitlement": "telehealth-recording",
        "purpose": "ETREAT",
        "reason": "unresponsive",
        "note": "collapsed after the visit",
        "duration": "15",
        "code": code,
        "path": "ordinary",
    }


def _prove_active(server: Served, path: str) -> None:
    with server.parts.store.read() as reader:
        grant = grant_of_request(reader, path.rpartition("/")[2])
    assert grant is not None
    assert grant.state is GrantState.ACTIVE
