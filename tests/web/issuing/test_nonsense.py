"""Whatever arrives at an endpoint for software, what goes back is an answer of its own kind, and never a mistake of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from broker.credentials.clients.register import GrantType
from tests.fakes.front import BASE
from tests.web.issuing.desk import App, Desk

POSTED = ("/oauth/token", "/oauth/introspect", "/oauth/revoke")
FORM = "application/x-www-form-urlencoded"
FIELDS = [
    "grant_type", "code", "code_verifier", "redirect_uri", "client_id", "client_secret", "scope", "resource",
    "audience", "subject_token", "subject_token_type", "requested_token_type", "authorization_details", "token",
    "token_type_hint", "client_assertion", "client_assertion_type", "actor_token", "made_up",
]  # fmt: skip
ODD = [
    "",
    " ",
    "é",
    "\u202e",
    "\ud7ff",
    '"',
    "\\",
    "{}",
    "[]",
    "[{}]",
    "null",
    "%00",
    "a.b.c",
    "1e999",
    "x" * 3000,
]


def is_an_oauth_answer(answer: TestResponse) -> bool:
    """JSON with an error code, or the one answer that was deserved; no page, no cache, no 500."""
    assert answer.status_code in {200, 400, 401, 405, 413}, (answer.status_code, answer.text[:200])
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.status_code != 200:
        assert answer.mimetype == "application/json", answer.text[:100]
        said = answer.get_json()
        assert said["error"].isascii()
        assert said.keys() <= {"error", "error_description"}
        assert not set(said.get("error_description", "")) & set('"\\')
    return True


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_another_method_is_told_to_post(desk: Desk, path: str, method: str) -> None:
    client = desk.front.app.test_client()
    answer = getattr(client, method)(path, base_url=BASE)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"", ""),
        (b"grant_type=client_credentials", "text/plain"),
        (b'{"grant_type":"client_credentials"}', "application/json"),
        (
            b"--b\r\nContent-Disposition: form-data; name=grant_type\r\n\r\nx\r\n--b--",
            "multipart/form-data; boundary=b",
        ),
        (b"--b", "multipart/form-data; boundary=b"),
        (b"--b", "multipart/form-data"),
        (b"\xff\xfe=\xff&grant_type=\xff", FORM),
        (b"grant_type=%ff%fe&token=%ff", FORM),
        (b"grant_type=%00&token=%00", FORM),
        (b"&&&===&=&", FORM),
        (b"token=a&token=b&grant_type=x&grant_type=y", FORM),
        (b"&".join(b"f%d=x" % n for n in range(5_000)), FORM),
        (b"token=" + b"t" * 1_000_000, FORM),
        (b"t" * 1_000_000, FORM),
        (b"grant_type=x", FORM + "; charset=utf-16"),
        (b"grant_type=x", FORM + "; charset=no-such"),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_a_body_that_is_no_form_is_told_so(desk: Desk, app: App, path: str, body: bytes, kind: str) -> None:
    """With a client that proved itself, so that the body itself is looked at, and without one."""
    for headers in ({}, app.basic):
        answer = desk.front.app.test_client().post(
            path, data=body, headers=headers, content_type=kind, base_url=BASE
        )
        assert answer.status_code != 200 or b"token=%ff" in body  # some text, so no live token
        assert is_an_oauth_answer(answer)


@pytest.mark.parametrize("path", POSTED)
def test_a_field_sent_twice_is_refused(desk: Desk, app: App, path: str) -> None:
    """RFC 6749, 3.2: whichever of the two anybody would take."""
    for name in FIELDS:
        body = f"token=x&grant_type=client_credentials&{name}=a&{name}=b"
        answer = desk.post(path, body, app, content_type=FORM)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request"), name


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_fields_make_a_mistake_of_ours(desk: Desk, app: App, data: st.DataObject) -> None:
    """Any fields with any values, by a client that may do everything or by nobody."""
    values = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=40))
    ways = st.sampled_from([kind.value for kind in GrantType])
    fields: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(FIELDS), values, max_size=8))
    if data.draw(st.booleans()):
        fields["grant_type"] = data.draw(ways)
    who = data.draw(st.sampled_from([app, None]))
    answer = desk.post(data.draw(st.sampled_from(POSTED)), fields, who)
    assert is_an_oauth_answer(answer)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(["response_type", "scope", "state", "resource", "authorization_details", "code_challenge",
                         "code_challenge_method", "dpop_jkt", "redirect_uri", "client_id", "prompt"]),
        st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=30)),
        max_size=5,
    )
)  # fmt: skip
def test_no_question_makes_a_mistake_of_ours(desk: Desk, app: App, fields: dict[str, str]) -> None:
    """A page, a redirect to the registered address, or a refusal in plain words."""
    answer = desk.browser().get(desk.address(app, **fields))
    assert answer.status_code in {200, 303, 400}, (fields, answer.status_code)
    if answer.status_code == 303:
        assert answer.location.startswith("https://app.clinic.example/back?")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["type", "identifier", "patient", "locations", "actions", "datatypes", "x"]),
                inner,
                max_size=4,
            ),
        ),
        max_leaves=8,
    )
)
def test_no_details_make_a_mistake_of_ours(desk: Desk, app: App, said: object) -> None:
    """Whatever JSON stands in authorization_details."""
    text = json.dumps(said)
    answer = desk.token(
        app,
        grant_type=GrantType.EXCHANGE.value,
        subject_token="x",
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        authorization_details=text,
    )
    assert is_an_oauth_answer(answer)
    wanted = desk.browser().get(desk.address(app, authorization_details=text))
    assert wanted.status_code in {200, 303}
