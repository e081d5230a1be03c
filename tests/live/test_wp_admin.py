"""The holder in wp-admin: the granted posts can be reached there, and only they."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import requests

from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Ward

pytestmark = pytest.mark.live


def _admin(ward: Ward, session: requests.Session, page: str) -> requests.Response:
    return session.get(f"{ward.site.url}/wp-admin/{page}", timeout=20)


def test_list_shows_that_patient_only(ward: Ward, broker: BrokerSide) -> None:
    """The list of notes shows and counts that patient's notes, whatever the address asks for."""
    session = ward.log_in()
    assert _admin(ward, session, "edit.php?post_type=telehealth_note").status_code == 403
    broker.give(ward.nurse, notes_of(ward.mine))
    ward.site.create_post("Other draft", patient=ward.other, status="draft")
    for extra in ("", "&all_posts=1", "&post_status=private", "&s=content", "&perm=any", "&orderby=title"):
        page = _admin(ward, session, f"edit.php?post_type=telehealth_note{extra}")
        assert page.status_code == 200
        assert f'id="post-{ward.my_note}"' in page.text
        assert f'id="post-{ward.other_note}"' not in page.text
        assert re.findall(r'class="count">\((\d+)\)', page.text) == ["1", "1"]
        assert "post_status=draft" not in page.text
        assert "post-new.php?post_type=telehealth_note" not in page.text


@pytest.mark.parametrize(
    "probe", ["p={other}", "page_id={other}", "post__in[]={other}", "attachment_id={other}"]
)
def test_list_cannot_be_talked_into_more(ward: Ward, broker: BrokerSide, probe: str) -> None:
    """Query variables in the address do not bring another patient's note into the list."""
    broker.give(ward.nurse, notes_of(ward.mine))
    address = f"edit.php?post_type=telehealth_note&{probe.format(other=ward.other_note)}&post_status=private"
    page = _admin(ward, ward.log_in(), address)
    assert f'id="post-{ward.other_note}"' not in page.text
    assert "Other " not in page.text


def test_editor_opens_that_patient_only(ward: Ward, broker: BrokerSide) -> None:
    """The editor opens for that patient's note; for another's it shows nothing of it."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    mine = _admin(ward, session, f"post.php?post={ward.my_note}&action=edit")
    assert mine.status_code == 200
    assert "content of mine" in mine.text
    other = _admin(ward, session, f"post.php?post={ward.other_note}&action=edit")
    assert other.status_code != 200
    assert "content of other" not in other.text


def test_block_editor_offers_update(ward: Ward, broker: BrokerSide) -> None:
    """The block editor is told it may update a private note (it would offer a dead end), not a draft."""
    broker.give(ward.nurse, notes_of(ward.mine))
    draft = ward.site.create_post("Draft", patient=ward.mine, status="draft")
    session = ward.log_in()
    for note, offered in ((ward.my_note, True), (draft, False)):
        answer = ward.site.rest(session, "GET", f"/wp/v2/telehealth_note/{note}?context=edit")
        assert ("wp:action-publish" in answer.json()["_links"]) is offered


def test_editor_form_saves(ward: Ward, broker: BrokerSide) -> None:
    """The form of the classic editor saves the note and leaves author, status and patient alone."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    answer = _save(ward, session, ward.my_note, post_author_override="99")
    assert answer.status_code == 302
    assert ward.saved(ward.my_note) == "by the form"
    assert ward.saved(ward.my_note, "concat(post_status, post_author)") == "private1"
    assert _save(ward, session, ward.other_note).status_code != 302
    assert "content of other" in ward.saved(ward.other_note)


def test_patient_mark_stays(ward: Ward, broker: BrokerSide) -> None:
    """The holder cannot mark the note with another patient."""
    broker.give(ward.nurse, notes_of(ward.mine))
    row = ward.site.sql(
        f"SELECT meta_id FROM wp_postmeta WHERE post_id = {ward.my_note} AND meta_key = 'patient_ref'"
    )
    fields = {f"meta[{row.strip()}][key]": "patient_ref", f"meta[{row.strip()}][value]": ward.other}
    _save(ward, ward.log_in(), ward.my_note, **fields, metakeyinput="patient_ref", metavalue=ward.other)
    marks = ward.site.sql(
        f"SELECT meta_value FROM wp_postmeta WHERE post_id = {ward.my_note} AND meta_key = 'patient_ref'"
    )
    assert marks.split() == [ward.mine]


@pytest.mark.parametrize(
    "page",
    [
        "post-new.php?post_type=telehealth_note",
        "edit.php",
        "edit.php?post_type=page",
        "users.php",
        "plugins.php",
        "options-general.php",
    ],
)
def test_other_pages_stay_closed(ward: Ward, broker: BrokerSide, page: str) -> None:
    """Nothing else of wp-admin opens with a patient lease."""
    broker.give(ward.nurse, notes_of(ward.mine))
    assert _admin(ward, ward.log_in(), page).status_code == 403


def test_the_holder_is_told_until_when(ward: Ward, broker: BrokerSide) -> None:
    """Lists and editor say until when access lasts and that it is recorded; nobody else is told anything."""
    said, session = "Emergency access until", ward.log_in()
    pages = ("edit.php?post_type=telehealth_note", f"post.php?post={ward.my_note}&action=edit", "profile.php")
    assert said not in _admin(ward, session, "profile.php").text
    soon, later = (broker.clock.now() + timedelta(minutes=minutes) for minutes in (3, 5))
    broker.give(ward.nurse, notes_of(ward.mine), expires_at=soon)
    for page in pages:
        assert f"{said} {soon:%H:%M} UTC. It is recorded and reviewed." in _admin(ward, session, page).text
    broker.give(ward.nurse, notes_of(ward.mine), expires_at=later)
    assert f"{said} {later:%H:%M} UTC" in _admin(ward, session, pages[0]).text
    colleague = f"{ward.nurse}-colleague"
    ward.site.create_user(colleague, role="administrator", password=PASSWORD)
    assert said not in _admin(ward, ward.site.log_in(colleague, PASSWORD), pages[0]).text


def test_own_lists_are_not_taken_away(ward: Ward, broker: BrokerSide) -> None:
    """Who may list a type anyway keeps that list, and finds the patient's posts by asking for them."""
    ward.site.create_user(ward.nurse, role="author", password=PASSWORD)
    own = ward.site.create_post("Own", patient="", post_type="post", status="draft", author=ward.nurse)
    mine = ward.site.create_post("Mine", patient=ward.mine, post_type="post")
    broker.give(ward.nurse, notes_of(ward.mine, post_type="post"))
    session = ward.log_in()
    usual = _admin(ward, session, "edit.php").text
    assert f'id="post-{own}"' in usual
    assert "emergency_access=1" in usual
    asked = _admin(ward, session, "edit.php?emergency_access=1").text
    assert f'id="post-{mine}"' in asked
    assert f'id="post-{own}"' not in asked


def test_missing_pairing_is_announced(ward: Ward, broker: BrokerSide) -> None:
    """An administrator sees what to do when the pairing is missing or unreadable; nothing is granted then."""
    admin = f"{ward.nurse}-admin"
    ward.site.create_user(admin, role="administrator", password=PASSWORD)
    session = ward.site.log_in(admin, PASSWORD)
    broker.give(ward.nurse, notes_of(ward.mine))
    nurse = ward.log_in()
    try:
        for pairing, sentence in (("", "not paired with a broker"), ("garbage", "cannot be read")):
            ward.site.pair(pairing)
            assert sentence in _admin(ward, session, "index.php").text
            assert sentence not in _admin(ward, nurse, "index.php").text
            assert not ward.reads(nurse, ward.my_note)
    finally:
        ward.site.pair(broker.pairing)
    assert "Emergency access is off" not in _admin(ward, session, "index.php").text
    assert ward.reads(nurse, ward.my_note)


def _save(ward: Ward, session: requests.Session, note: int, **fields: str) -> requests.Response:
    # The nonce WordPress would print into the form, so that a refusal is one of rights and not of the nonce.
    token = next(c.value for c in session.cookies if c.name.startswith("wordpress_logged_in"))
    nonce = ward.site.run_php(
        f"$_COOKIE[LOGGED_IN_COOKIE] = urldecode('{token}');"
        f"wp_set_current_user(get_user_by('login', '{ward.nurse}')->ID); echo wp_create_nonce('update-post_{note}');"
    )
    form = {
        "_wpnonce": nonce,
        "action": "editpost",
        "post_ID": str(note),
        "post_type": "telehealth_note",
        "post_author": "1",
        "post_status": "private",
        "post_title": "By the form",
        "content": "by the form",
        **fields,
    }
    return session.post(f"{ward.site.url}/wp-admin/post.php", data=form, allow_redirects=False, timeout=20)
