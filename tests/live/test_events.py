"""What a real WordPress records while a grant is live, and how its chain holds."""

from __future__ import annotations

import pytest

from broker.adapters.companion.chain import ChainBroken, Fault
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Ward
from tests.live.site_events import EVENTS, Puller, tampered, together, under
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live


@pytest.fixture
def puller(wordpress: WordPressSite, broker: BrokerSide) -> Puller:
    """Has pulled everything that happened before the test."""
    puller = Puller(broker)
    puller.pull()
    return puller


def test_the_story_of_a_grant(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Lease, sign-in, opening, changing, a refused look elsewhere and the end are told, each with its grant and holder."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert ward.edits(session, ward.my_note)
    assert not ward.reads(session, ward.other_note)
    broker.take_back(grant)
    told = puller.pull()
    mine, other = f"telehealth_note {ward.my_note}", f"telehealth_note {ward.other_note}"
    assert under(grant, told) == [
        "lease_applied", "signed_in", f"opened {mine}", f"changed {mine}", f"denied {other}", "lease_ended",
    ]  # fmt: skip
    assert {one.account for one in told if one.grant == grant} == {ward.nurse}


def test_a_route_is_told_as_a_pattern(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """The address of a REST call is told as it was registered, without the values in it."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    ward.reads(ward.log_in(), ward.my_note)
    (opened,) = [one for one in puller.pull() if one.grant == grant and one.kind == "opened"]
    assert opened.facts["route"] == "GET /wp/v2/telehealth_note/{id}"


def test_the_same_is_told_once_a_minute(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Looking again within a minute adds nothing; after it, it does."""
    grant = broker.give(ward.nurse, notes_of(ward.mine, "read"))
    session = ward.log_in()
    for _ in range(3):
        assert ward.reads(session, ward.my_note)
        assert not ward.reads(session, ward.other_note)
    once = [f"opened telehealth_note {ward.my_note}", f"denied telehealth_note {ward.other_note}"]
    assert under(grant, puller.pull())[2:] == once
    ward.site.sql(f"UPDATE {EVENTS} SET at = at - 61")
    assert ward.reads(session, ward.my_note)
    assert under(grant, puller.pull()) == once[:1]


def test_the_editor_opens(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Opening the note in wp-admin's editor is opening it, and changes nothing."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    page = session.get(f"{ward.site.url}/wp-admin/post.php?post={ward.my_note}&action=edit", timeout=20)
    assert page.status_code == 200
    assert under(grant, puller.pull())[2:] == [f"opened telehealth_note {ward.my_note}"]


def test_lists_are_told_with_their_length(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """The list in wp-admin and the one over REST are told as lists, not as opening each note."""
    ward.site.create_post("Second", patient=ward.mine)
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    session.get(f"{ward.site.url}/wp-admin/edit.php?post_type=telehealth_note", timeout=20)
    told = puller.pull()
    assert under(grant, told)[2:] == ["listed telehealth_note"]
    assert told[-1].facts == {"object": "telehealth_note", "route": "edit.php", "count": 2}
    ward.site.sql(f"UPDATE {EVENTS} SET at = at - 61")
    ward.site.rest(session, "GET", "/wp/v2/telehealth_note?status=private&context=edit")
    (listed,) = puller.pull()
    assert listed.facts == {"object": "telehealth_note", "route": "GET /wp/v2/telehealth_note", "count": 2}


def test_old_versions_are_the_note_itself(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Looking through a note's revisions is opening the note."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.edits(session, ward.my_note, "first")
    assert ward.edits(session, ward.my_note, "second")
    ward.site.sql(f"UPDATE {EVENTS} SET at = at - 61")
    puller.pull()
    revision = ward.site.sql(
        f"SELECT max(ID) FROM wp_posts WHERE post_parent = {ward.my_note} AND post_type = 'revision'"
    ).strip()
    page = session.get(f"{ward.site.url}/wp-admin/revision.php?revision={revision}", timeout=20)
    assert page.status_code == 200
    assert under(grant, puller.pull()) == [f"opened telehealth_note {ward.my_note}"]


def test_the_sites_own_pages(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """A private post shown on the site itself is opened; one that stays hidden is not."""
    mine = ward.site.create_post("Mine", patient=ward.mine, post_type="post")
    other = ward.site.create_post("Other", patient=ward.other, post_type="post")
    grant = broker.give(ward.nurse, notes_of(ward.mine, "read", post_type="post"))
    session = ward.log_in()
    statuses = [session.get(f"{ward.site.url}/?p={post}", timeout=20).status_code for post in (mine, other)]
    assert statuses == [200, 404]
    told = [one for one in puller.pull() if one.grant == grant][2:]
    assert [(one.kind, one.facts["object"], one.facts["route"]) for one in told] == [
        ("opened", f"post {mine}", "site"),
        ("denied", f"post {other}", "site"),
    ]


def test_more_than_the_lease_says(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Trying to save what a lease opens for reading only is told as denied."""
    grant = broker.give(ward.nurse, notes_of(ward.mine, "read"))
    assert not ward.edits(ward.log_in(), ward.my_note)
    assert f"denied telehealth_note {ward.my_note}" in under(grant, puller.pull())


def test_who_may_open_it_anyway_is_told_too(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """A holder with a standing right to the note is recorded under the grant like everybody else."""
    ward.site.run_php(
        f"$u = get_user_by('login', '{ward.nurse}');"
        "foreach (array('read_private', 'edit_private', 'edit_others', 'edit') as $c) { $u->add_cap($c . '_telehealth_notes'); }"
    )
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not [one for one in puller.pull() if one.kind == "opened"]
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    assert ward.reads(session, ward.my_note)
    assert ward.reads(session, ward.other_note)
    assert under(grant, puller.pull()) == ["lease_applied", f"opened telehealth_note {ward.my_note}"]


def test_rights_without_a_patient(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """What is seen and done with lent capabilities is told: lists, what was opened, what was changed, pages."""
    page = ward.site.create_post("Opening hours", patient="", post_type="page", status="publish")
    rights = ["edit_pages", "edit_others_pages", "edit_published_pages", "upload_files"]
    grant = broker.give(ward.nurse, {"primitives": rights})
    session = ward.log_in()
    session.get(f"{ward.site.url}/wp-admin/profile.php", timeout=20)
    assert under(grant, puller.pull()) == ["lease_applied", "signed_in"]
    for path, told in (
        ("edit.php?post_type=page", "listed page"),
        (f"post.php?post={page}&action=edit", f"opened page {page}"),
        ("upload.php", "used page upload.php"),
    ):
        assert session.get(f"{ward.site.url}/wp-admin/{path}", timeout=20).status_code == 200
        assert told in under(grant, puller.pull())
    change = {"content": "closed today"}
    assert ward.site.rest(session, "POST", f"/wp/v2/pages/{page}", json=change).status_code == 200
    told = under(grant, puller.pull())
    assert f"changed page {page}" in told
    assert "used capability edit_published_pages" in told


def test_private_notes_by_capability(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """A right to all private notes is told by each note that was opened with it, and by each list."""
    grant = broker.give(ward.nurse, {"primitives": ["read_private_telehealth_notes"]})
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert ward.reads(session, ward.other_note)
    told = under(grant, puller.pull())
    assert f"opened telehealth_note {ward.my_note}" in told
    assert f"opened telehealth_note {ward.other_note}" in told
    ward.site.rest(session, "GET", "/wp/v2/telehealth_note?status=private&per_page=100")
    assert "listed telehealth_note" in under(grant, puller.pull())


def test_nobody_else_is_told_of(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Colleagues without a grant, and visitors, leave no trace."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    colleague = f"{ward.nurse}-colleague"
    ward.site.create_user(colleague, password=PASSWORD)
    session = ward.site.log_in(colleague, PASSWORD)
    assert not ward.reads(session, ward.my_note)
    session.get(f"{ward.site.url}/", timeout=20)
    told = puller.pull()
    assert under(grant, told) == ["lease_applied"]
    assert not [one for one in told if one.account == colleague]


def test_no_patient_in_the_table(ward: Ward, broker: BrokerSide) -> None:
    """Neither the patient, nor a title, nor what was searched for stands in any event."""
    broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    ward.reads(session, ward.my_note)
    ward.reads(session, ward.other_note)
    ward.site.rest(session, "GET", f"/wp/v2/telehealth_note?status=private&context=edit&search={ward.mine}")
    address = f"{ward.site.url}/wp-admin/edit.php?post_type=telehealth_note&s={ward.mine}"
    session.get(address, timeout=20)
    bodies = ward.site.sql(f"SELECT body FROM {EVENTS}")
    number = ward.nurse.removeprefix("nurse")
    assert ward.nurse in bodies
    assert not [
        word for word in (ward.mine, ward.other, f"Mine {number}", f"Other {number}") if word in bodies
    ]


def test_eight_at_once(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Eight requests that record at once make one chain: no fork, no gap, nothing lost."""
    notes = [ward.site.create_post(f"Note {count}", patient=ward.mine) for count in range(24)]
    grant = broker.give(ward.nurse, notes_of(ward.mine, "read"))
    sessions = [ward.log_in() for _ in range(8)]

    def reads(at: int) -> None:
        assert all(ward.reads(sessions[at], note) for note in notes[at::8])

    together([lambda at=at: reads(at) for at in range(8)])  # type: ignore[misc]
    told = under(grant, puller.pull())
    assert sorted(told[2:]) == sorted(f"opened telehealth_note {note}" for note in notes)


def test_eight_programs_at_once(wordpress: WordPressSite, puller: Puller) -> None:
    """The same from eight programs that do nothing else."""
    tell = "for ($i = 0; $i < 20; $i++) { EmergencyAccess\\Events\\Occurrence::tell('checked', '', '', array('n' => $i)); }"
    together([lambda: wordpress.run_php(tell)] * 8)
    assert len([one for one in puller.pull() if one.kind == "checked"]) == 160


def test_recording_within_a_transaction(wordpress: WordPressSite, puller: Puller) -> None:
    """A program that looks at an old state of the database still adds to the end of the chain."""
    tell = "EmergencyAccess\\Events\\Occurrence::tell('checked', '', '', array('by' => '{}'));"
    wordpress.run_php(
        "global $wpdb; $wpdb->query('START TRANSACTION');"
        f"$wpdb->get_var('SELECT count(*) FROM {EVENTS}');"
        f"$php = '{tell.format('other').replace(chr(39), chr(92) + chr(39))}';"
        f"shell_exec(PHP_BINARY . ' -r ' . escapeshellarg(\"require '{wordpress.root}/wp-load.php'; \" . $php));"
        f"{tell.format('own')} $wpdb->query('COMMIT');"
    )
    assert [one.facts["by"] for one in puller.pull() if one.kind == "checked"] == ["other", "own"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE {table} SET body = replace(body, 'checked', 'noticed') WHERE seq = {seq}", Fault.BROKEN),
        ("UPDATE {table} SET hash = sha2(body, 256) WHERE seq = {seq}", Fault.BROKEN),
        ("DELETE FROM {table} WHERE seq = {seq}", Fault.GAP),
        ("DELETE FROM {table} WHERE seq > {seq} - 3", Fault.ROLLED_BACK),
        ("TRUNCATE {table}", Fault.ROLLED_BACK),
    ],
)
def test_a_table_somebody_touched(
    wordpress: WordPressSite, puller: Puller, statement: str, fault: Fault
) -> None:
    """A row edited or removed, the end cut off, the table emptied: the broker is not fooled."""
    wordpress.run_php(
        "foreach (range(1, 3) as $n) { EmergencyAccess\\Events\\Occurrence::tell('checked', '', '', array('n' => $n)); }"
    )
    touched = statement.format(table=EVENTS, seq=puller.seq + 2)
    with tampered(wordpress, touched), pytest.raises(ChainBroken) as raised:
        puller.pull()
    assert raised.value.fault is fault
    assert len([one for one in puller.pull() if one.kind == "checked"]) == 3


def test_an_emptied_table_that_grew_again(wordpress: WordPressSite, puller: Puller) -> None:
    """Filling the table anew past the old end does not hide that it was emptied."""
    grown = f"UPDATE {EVENTS} SET seq = seq + 100000; DELETE FROM {EVENTS} WHERE seq > 100001 + {puller.seq}"
    tell = "EmergencyAccess\\Events\\Occurrence::tell('checked', '', '', array());"
    with tampered(wordpress, grown):
        wordpress.run_php(tell)
        with pytest.raises(ChainBroken):
            puller.pull()
    assert puller.pull() == []


def test_pulled_and_old_is_forgotten(wordpress: WordPressSite, puller: Puller) -> None:
    """Only what the broker has, and is older than a month, goes; the chain goes on behind it."""
    tell = "EmergencyAccess\\Events\\Occurrence::tell('checked', '', '', array());"
    wordpress.run_php(tell)
    with tampered(wordpress, f"UPDATE {EVENTS} SET at = at - 31 * 86400"):
        assert len(puller.pull()) == 1
        left = "SELECT count(*), max(seq) FROM " + EVENTS
        assert int(wordpress.sql(left).split()[0]) > 1
        assert puller.pull() == []
        assert wordpress.sql(left).split() == ["1", str(puller.seq)]
        wordpress.run_php(tell)
        assert len(puller.pull()) == 1
        wordpress.sql(f"INSERT INTO kept SELECT * FROM {EVENTS} WHERE seq = {puller.seq}")


def test_what_cannot_be_recorded_is_not_given(ward: Ward, broker: BrokerSide, puller: Puller) -> None:
    """Without a table to record in, the note stays closed; taking access back works, and the loss is told later."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    ward.site.sql(f"RENAME TABLE {EVENTS} TO away")
    try:
        assert not ward.reads(session, ward.my_note)
        assert "event" in " ".join(broker.adapter.health().problems)
        assert not broker.take_back(grant).reason
    finally:
        ward.site.sql(f"RENAME TABLE away TO {EVENTS}")
    assert grant not in broker.active()
    assert not ward.is_logged_in(session)
    (lost,) = [one for one in puller.pull() if one.kind == "events_lost"]
    assert lost.facts["count"] > 0  # type: ignore[operator]
    assert "event" not in " ".join(broker.adapter.health().problems)


def test_a_visitor_costs_nothing(ward: Ward, broker: BrokerSide) -> None:
    """Nobody's events or past are read for a page shown to a visitor, even while a grant is live."""
    broker.give(ward.nurse, notes_of(ward.mine))
    ward.site.sql("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = ON")
    try:
        ward.site.log_in(ward.nurse, PASSWORD).get(f"{ward.site.url}/", timeout=20)
        asked = "SELECT count(*) FROM mysql.general_log WHERE argument LIKE '%{}%'"
        assert int(ward.site.sql(asked.format(EVENTS))) > 0
        ward.site.sql("TRUNCATE mysql.general_log")
        import requests

        assert requests.get(f"{ward.site.url}/", timeout=20).status_code == 200
        assert int(ward.site.sql(asked.format("wp_options"))) > 0
        for table in ("wp_emergency_access_events", "wp_emergency_access_seen"):
            assert ward.site.sql(asked.format(table)).strip() == "1"  # this very question
    finally:
        ward.site.sql("SET GLOBAL general_log = OFF")
