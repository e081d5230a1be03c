"""What the holder of a lease can do on a real WordPress, and what not."""

from __future__ import annotations

import pytest
import requests

from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Ward

pytestmark = pytest.mark.live


def test_nothing_without_a_lease(ward: Ward) -> None:
    """The nurse has no standing rights at all."""
    session = ward.log_in()
    assert not ward.reads(session, ward.my_note)
    assert not ward.edits(session, ward.my_note)


def test_one_patient_and_no_other(ward: Ward, broker: BrokerSide) -> None:
    """The holder opens and edits that patient's note, and neither with another patient's."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert ward.edits(session, ward.my_note, "a new finding")
    assert ward.saved(ward.my_note) == "a new finding"
    assert not ward.reads(session, ward.other_note)
    assert not ward.edits(session, ward.other_note)
    assert "content of other" in ward.saved(ward.other_note)


def test_reading_is_not_editing(ward: Ward, broker: BrokerSide) -> None:
    """A lease to read opens the note but saves nothing."""
    broker.give(ward.nurse, notes_of(ward.mine, "read"))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not ward.edits(session, ward.my_note)


@pytest.mark.parametrize(
    ("method", "route", "change"),
    [
        ("DELETE", "{mine}", None),
        ("DELETE", "{mine}?force=true", None),
        ("POST", "{mine}", {"author": "{nurse_id}"}),
        ("POST", "{mine}", {"status": "publish"}),
        ("POST", "", {"title": "a new note", "status": "draft"}),
    ],
)
def test_beyond_editing(
    ward: Ward, broker: BrokerSide, method: str, route: str, change: dict[str, str] | None
) -> None:
    """Deleting, publishing, taking over, locking and creating stay refused."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    route = "/wp/v2/telehealth_note/" + route.format(mine=ward.my_note) if route else "/wp/v2/telehealth_note"
    if change and "author" in change:
        change = {"author": ward.site.run_php(f"echo get_user_by('login', '{ward.nurse}')->ID;")}
    assert ward.site.rest(session, method, route, json=change).status_code in {400, 401, 403}
    assert ward.saved(ward.my_note, "concat(post_status, post_author, post_password)") == "private1"


@pytest.mark.parametrize(
    "change", [{"status": "draft"}, {"password": "x"}, {"slug": "x"}, {"date": "2020-01-01T00:00:00"}]
)
def test_fixed_fields(ward: Ward, broker: BrokerSide, change: dict[str, str]) -> None:
    """What WordPress itself would let an editor change beyond the content stays as it was."""
    fields = "concat_ws('|', post_status, post_password, post_name, post_date, post_author)"
    before = ward.saved(ward.my_note, fields)
    broker.give(ward.nurse, notes_of(ward.mine))
    answer = ward.site.rest(ward.log_in(), "POST", f"/wp/v2/telehealth_note/{ward.my_note}", json=change)
    assert answer.status_code == 200
    assert ward.saved(ward.my_note, fields) == before


def test_lists_and_counts_in_rest(ward: Ward, broker: BrokerSide) -> None:
    """A list over REST holds that patient's notes and counts no others."""
    session = ward.log_in()
    query = "/wp/v2/telehealth_note?status=private&context=edit&per_page=100"
    assert ward.site.rest(session, "GET", query).status_code in {400, 403}
    broker.give(ward.nurse, notes_of(ward.mine))
    for probe in (
        query,
        f"{query}&include[]={ward.other_note}&include[]={ward.my_note}",
        f"{query}&search=content",
    ):
        answer = ward.site.rest(session, "GET", probe)
        assert [post["id"] for post in answer.json()] == [ward.my_note]
        assert answer.headers["X-WP-Total"] == "1"
    unasked = ward.site.rest(session, "GET", f"{query}&include[]={ward.other_note}")
    assert unasked.json() == []
    assert unasked.headers["X-WP-Total"] == "0"


def test_application_password_inherits_nothing(ward: Ward, broker: BrokerSide) -> None:
    """An application password of the holder's account opens nothing, with or without a live login."""
    secret = ward.site.application_password(ward.nurse)
    broker.give(ward.nurse, notes_of(ward.mine))
    ward.log_in()
    address = f"{ward.site.url}/?rest_route=/wp/v2/"
    with_password = {"auth": (ward.nurse, secret), "timeout": 20}
    assert requests.get(f"{address}users/me", **with_password).status_code == 200
    assert requests.get(f"{address}telehealth_note/{ward.my_note}", **with_password).status_code == 403
    change = {"content": "by a machine"}
    answer = requests.post(f"{address}telehealth_note/{ward.my_note}", json=change, **with_password)
    assert answer.status_code == 403


def test_api_key_inherits_nothing(ward: Ward, broker: BrokerSide) -> None:
    """A shop plugin's API key that acts for the holder's account opens nothing."""
    ward.site.run_php(
        f"update_option('demo_api_key', 'key-1');"
        f"update_option('demo_api_key_user', get_user_by('login', '{ward.nurse}')->ID);"
    )
    broker.give(ward.nurse, notes_of(ward.mine))
    address, key = f"{ward.site.url}/?rest_route=/wp/v2/", {"X-Demo-Api-Key": "key-1"}
    assert requests.get(f"{address}users/me", headers=key, timeout=20).status_code == 200
    assert (
        requests.get(f"{address}telehealth_note/{ward.my_note}", headers=key, timeout=20).status_code == 403
    )


def test_cookies_without_the_nonce_are_nobody(ward: Ward, broker: BrokerSide) -> None:
    """A REST call another site made the browser send is not the holder's."""
    broker.give(ward.nurse, notes_of(ward.mine))
    answer = ward.log_in().get(
        f"{ward.site.url}/?rest_route=/wp/v2/telehealth_note/{ward.my_note}", timeout=20
    )
    assert answer.status_code == 401


def test_xml_rpc_inherits_nothing(ward: Ward, broker: BrokerSide) -> None:
    """XML-RPC with the holder's own password and cookies opens nothing."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    values = ("1", ward.nurse, PASSWORD, str(ward.my_note))
    params = "".join(f"<param><value><string>{value}</string></value></param>" for value in values)
    call = f"<methodCall><methodName>wp.getPost</methodName><params>{params}</params></methodCall>"
    answer = session.post(f"{ward.site.url}/xmlrpc.php", data=call, timeout=20)
    assert "faultCode" in answer.text
    assert "content of mine" not in answer.text


def test_another_person_gains_nothing(ward: Ward, broker: BrokerSide) -> None:
    """The lease is the holder's alone."""
    broker.give(ward.nurse, notes_of(ward.mine))
    colleague = f"{ward.nurse}-colleague"
    ward.site.create_user(colleague, password=PASSWORD)
    assert not ward.reads(ward.site.log_in(colleague, PASSWORD), ward.my_note)


def test_a_patient_id_is_exact(ward: Ward, broker: BrokerSide) -> None:
    """Ids the database would call equal (case, trailing blanks), or a note of two patients, do not open."""
    session = ward.log_in()
    broker.give(ward.nurse, notes_of(ward.mine))
    lowered = ward.site.create_post("lowered", patient=ward.mine.lower())
    shared = ward.site.create_post("shared", patient=ward.mine)
    ward.site.run_php(f"add_post_meta({shared}, 'patient_ref', '{ward.other}');")
    for note in (lowered, shared):
        assert not ward.reads(session, note)
    listed = ward.site.rest(session, "GET", "/wp/v2/telehealth_note?status=private&context=edit").json()
    assert [post["id"] for post in listed] == [ward.my_note]


def test_primitive_capabilities(ward: Ward, broker: BrokerSide) -> None:
    """A capability lease lends exactly the capabilities it names."""
    page = ward.site.create_post("Opening hours", patient="", post_type="page", status="publish")
    route = f"/wp/v2/pages/{page}"
    session = ward.log_in()
    change = {"content": "closed today"}
    assert ward.site.rest(session, "POST", route, json=change).status_code == 403
    broker.give(ward.nurse, {"primitives": ["edit_pages", "edit_others_pages", "edit_published_pages"]})
    assert ward.site.rest(session, "POST", route, json=change).status_code == 200
    assert ward.site.rest(session, "DELETE", route).status_code == 403


def test_a_type_with_everyday_capabilities(ward: Ward, broker: BrokerSide) -> None:
    """Limiting works for types that share the capabilities of ordinary posts, too."""
    mine = ward.site.create_post("Mine", patient=ward.mine, post_type="post")
    other = ward.site.create_post("Other", patient=ward.other, post_type="post")
    broker.give(ward.nurse, notes_of(ward.mine, post_type="post"))
    session = ward.log_in()
    assert ward.site.rest(session, "GET", f"/wp/v2/posts/{mine}").status_code == 200
    assert ward.site.rest(session, "GET", f"/wp/v2/posts/{other}").status_code == 403
    listed = ward.site.rest(session, "GET", "/wp/v2/posts?status=private&context=edit")
    assert [post["id"] for post in listed.json()] == [mine]
    new = ward.site.rest(session, "POST", "/wp/v2/posts", json={"title": "x"})
    assert new.status_code == 403


def test_prohibitions_stand(ward: Ward, broker: BrokerSide) -> None:
    """What another plugin forbids, and a page that belongs to the site's settings, stays closed."""
    policy = ward.site.create_post("Privacy", patient=ward.mine, post_type="page", status="publish")
    ward.site.run_php(
        f"update_option('wp_page_for_privacy_policy', {policy}); update_option('demo_locked_post', {ward.my_note});"
    )
    broker.give(ward.nurse, notes_of(ward.mine, post_type="page"))
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    try:
        change = {"content": "changed"}
        assert ward.site.rest(session, "POST", f"/wp/v2/pages/{policy}", json=change).status_code == 403
        assert not ward.edits(session, ward.my_note)
    finally:
        ward.site.run_php("delete_option('wp_page_for_privacy_policy'); delete_option('demo_locked_post');")
    assert ward.edits(session, ward.my_note)
