"""What docs/resource-server.md shows really runs, beside a real broker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.fakes.front import BASE
from tests.fakes.holder import Holder
from tests.verify.test_with_the_broker import _bound, address, app, desk
from tests.web.issuing.desk import EHR, App, Desk

__all__ = ["address", "app", "desk"]

PAGE = Path(__file__).parents[2] / "docs/resource-server.md"
MEDICATION = "/fhir/records/7/medication"


def _snippet(language: str) -> str:
    found = re.search(
        rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found[1]


@pytest.fixture
def ehr(desk: Desk, address: str) -> FlaskClient:
    """The Flask program of the page, with the broker's address and the server's own credentials filled in."""
    server = desk.resource_server()
    code = _snippet("python")
    for placeholder, real in {
        '"https://broker.clinic.example/oauth/introspect"': f'"{address}/oauth/introspect"',
        '"https://broker.clinic.example"': f'"{BASE}"',
        '"client_..."': f'"{server.id}"',
        'client_secret="..."': f'client_secret="{server.secret}"',
        "introspection=Introspection(": f'jwks="{address}/oauth/jwks", clock=CLOCK, introspection=Introspection(',
    }.items():
        assert placeholder in code
        code = code.replace(placeholder, real)
    names: dict[str, Any] = {"__name__": "ehr", "CLOCK": desk.clinic.clock}
    exec(compile(code, str(PAGE), "exec"), names)
    client: FlaskClient = names["app"].test_client()
    return client


def test_the_flask_program(desk: Desk, app: App, ehr: FlaskClient) -> None:
    """Opens for the patient, refuses for another record, and says why nothing was sent."""
    grant = desk.grant()
    shown = {"Authorization": f"Bearer {desk.issued(app, grant)['access_token']}"}
    answer = ehr.get(MEDICATION, headers=shown)
    assert answer.get_json() == {"opened_by": desk.who.id, "under": grant.id}
    refused = ehr.get("/fhir/records/8/medication", headers=shown)
    assert (refused.status_code, refused.get_json()["error"]) == (403, "insufficient_scope")
    bare = ehr.get(MEDICATION)
    assert (bare.status_code, bare.headers["WWW-Authenticate"][:4]) == (401, "DPoP")
    desk.clinic.end(grant.id)
    assert ehr.get(MEDICATION, headers=shown).get_json()["error"] == "invalid_token"


def test_the_flask_program_and_a_bound_token(desk: Desk, app: App, ehr: FlaskClient) -> None:
    """Its holder gets in once per proof; two proofs in one request are none."""
    holder = Holder()
    token = _bound(desk, app, holder)
    url = EHR.removesuffix("/fhir") + MEDICATION

    def headers(*proofs: str) -> list[tuple[str, str]]:
        return [("Authorization", f"DPoP {token}"), *(("DPoP", proof) for proof in proofs)]

    first, second = (holder.proof("GET", url, desk.clinic.clock.now(), token=token) for _ in range(2))
    assert ehr.get(MEDICATION, headers=headers(first, second)).status_code == 401
    assert ehr.get(MEDICATION, headers=headers(first)).status_code == 200
    replayed = ehr.get(MEDICATION, headers=headers(first))
    assert (replayed.status_code, replayed.get_json()["error"]) == (401, "invalid_dpop_proof")
