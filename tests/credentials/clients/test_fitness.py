"""What software may be registered as."""

from __future__ import annotations

from typing import Any

import pytest

from broker.credentials.clients.fitness import checked, is_audience
from broker.credentials.clients.register import AuthMethod, GrantType, NewClient
from broker.errors import Invalid

BACK = "https://app.example/back"


def described(**about: Any) -> NewClient:
    usual = {
        "name": " The  ward app ",
        "auth_method": AuthMethod.SECRET,
        "redirect_uris": (BACK,),
        "grant_types": frozenset({GrantType.CODE}),
    }
    return NewClient(**{**usual, **about})


def test_a_fit_one_is_tidied() -> None:
    """The name is what people read when they allow it."""
    assert checked(described()).name == "The ward app"


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"scopes": frozenset({"everything"})}, "scopes"),
        ({"audience": "here"}, "audience"),
        ({"audience": "http://clinic.example"}, "audience"),
        ({"audience": "https://clinic.example/ x"}, "audience"),
        ({"audience": "https://" + "x" * 300}, "audience"),
        (
            {"auth_method": AuthMethod.NONE, "grant_types": frozenset({GrantType.CODE, GrantType.CLIENT})},
            "auth_method",
        ),
        ({"auth_method": AuthMethod.NONE, "audience": "https://ehr.example"}, "auth_method"),
        ({"auth_method": AuthMethod.KEY}, "jwks"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"redirect_uris": ()}, "redirect_uris"),
        ({"redirect_uris": (BACK,) * 11}, "redirect_uris"),
        ({"grant_types": frozenset({GrantType.CLIENT})}, "redirect_uris"),
        ({"grant_types": frozenset(), "redirect_uris": ()}, "grant_types"),
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_told_by_its_field(about: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        checked(described(**about))
    assert field in raised.value.faults


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        checked(described(name="", scopes=frozenset({"x"}), redirect_uris=("ftp://a",)))
    assert raised.value.faults.keys() == {"name", "scopes", "redirect_uris"}


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/back",
        "https:///back",
        "https://user@app.example/",
        "https://app.example/#part",
        "https://app.example/ x",
        'https://app.example/"',
        "https://app.example/;x",
        "https://app.example:port/",
        "https://[::1/",
        "https://app.example/" + "x" * 500,
        "https://äpp.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/back",
        "com.example.app:/back",
        "/back",
        "",
    ],
)
def test_people_are_sent_to_addresses_nobody_else_can_have(uri: str) -> None:
    """An app's own scheme is for software that proves nothing: a server has an address."""
    with pytest.raises(Invalid):
        checked(described(redirect_uris=(uri,)))


@pytest.mark.parametrize(
    "uri",
    ["https://app.example", "https://app.example:8443/a?b=c", "http://127.0.0.1:9/x", "http://[::1]:9/x"],
)
def test_usual_addresses_are_fine(uri: str) -> None:
    assert checked(described(redirect_uris=(uri,))).redirect_uris == (uri,)


def test_an_app_on_a_phone_has_a_scheme_with_a_dot() -> None:
    phone = {"auth_method": AuthMethod.NONE}
    for fine in ("com.example.app:/back", "com.example.app:back"):
        assert checked(described(**phone, redirect_uris=(fine,)))
    for wrong in ("myapp:/back", "com.example.app://evil/back", "javascript:alert(1)"):
        with pytest.raises(Invalid):
            checked(described(**phone, redirect_uris=(wrong,)))


def test_an_audience_is_absolute() -> None:
    for fine in ("https://ehr.example/fhir", "urn:example:ehr", "http://127.0.0.1:8000/api/v1"):
        assert is_audience(fine)
    for wrong in ("", "ehr", "urn:", "ftp://a", "https://", "https://a b"):
        assert not is_audience(wrong)
