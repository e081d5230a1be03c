"""An act by API, confirmed with a passkey."""

from __future__ import annotations

import json
from collections.abc import Callable

from broker.identity.caller import Caller as Somewhere
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.step_up import Method
from broker.identity.people import Role
from broker.identity.sessions import sessions
from broker.patients.holdings import Holding, HoldingKind, add_holding, new_holding_id
from broker.patients.register import add_patient
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey
from tests.fakes.software import asking
from tests.web.house import House


def test_an_act_is_confirmed_with_a_passkey(house_with: Callable[..., House]) -> None:
    """`begin` answers what to ask the authenticator; its answer does the act, with the same Idempotency-Key, once."""
    house = house_with(public_url=ORIGIN)
    device, token = _somebody_with_a_passkey(house)
    client = house.app.test_client()
    client.set_cookie("__Host-session", token, domain=PARTY, secure=True)
    form = client.get("/api/v1/session", base_url=ORIGIN).json["csrf_token"]
    headers = {"X-CSRF-Token": form, "Idempotency-Key": "k-1"}

    def ask(**more: str) -> tuple[int, dict[str, object]]:
        body = asking(patient="P-1001", **more)
        answer = client.post("/api/v1/requests", json=body, base_url=ORIGIN, headers=headers)
        return answer.status_code, answer.json

    status, told = ask(passkey="begin")
    assert (status, str(told["type"]).rsplit("/", 1)[1]) == (403, "passkey-challenge")
    said = device.answer(json.dumps(told["options"]))
    status, made = ask(passkey=said)
    assert (status, made["state"]) == (201, "pending"), made
    assert ask(passkey=said) == (201, made)


def _somebody_with_a_passkey(house: House) -> tuple[SoftPasskey, str]:
    """The device, and the token of a session it signed in."""
    parts, person, device = house.parts, house.newcomer("ada", Role.CLINICIAN), SoftPasskey()
    desk = parts.lobby.passkeys
    with parts.store.write() as tx:
        patient = add_patient(tx, parts.ledger, actor="broker", clinic_ref="P-1001")
        kind = HoldingKind.RECORDING
        add_holding(tx, Holding(new_holding_id(kind), patient.id, kind, "A visit", "audio/wav", tx.at))
        opened = sessions.begin(tx, person, Somewhere("192.0.2.10", "A test"))
        options = begin_passkey(tx, desk, person, session=opened.session_id)
        add_passkey(tx, desk, person, device.make(options), name="Phone", session=opened.session_id)
        return device, sessions.elevate(tx, opened.token, Method.PASSKEY).token
