"""A WordPress where nothing may be installed: whole roles, lent and restored exactly, whatever comes in between."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker.adapters.lease import EVERYONE
from broker.adapters.lease import ContainmentAction as Act
from broker.adapters.port import Answer
from broker.adapters.wordpress_core.change_roles import LATE_S
from broker.errors import SiteError, Unavailable
from broker.ledger.chain import Ledger
from broker.sites.register import Site, add_site
from broker.store import Store
from tests.fakes.memory import PlainMemory
from tests.live.broker_side import SITE
from tests.live.core_site import ADMIN, PASSWORD, CoreSide
from tests.live.wordpress_site import DEBIAN, WordPressSite, missing_packages
from tests.needs import lacks

pytestmark = pytest.mark.live
_NUMBERS = itertools.count(1)
WARDS = [f"ward_{number}" for number in range(8)]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPressSite]:
    """Debian's WordPress as it comes, with an account for the broker."""
    if missing := missing_packages(DEBIAN):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = WordPressSite(tmp_path_factory.mktemp("bare"))
    try:
        site.start()
        site.create_user(ADMIN, role="administrator", password=PASSWORD)
        for ward in WARDS:
            site.run_php(f"add_role('{ward}', '{ward}', ['read' => true, 'see_{ward}' => true]);")
        site.run_php("add_role('boss', 'Boss', ['read' => true, 'manage_options' => true]);")
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def password(bare: WordPressSite) -> str:
    return bare.application_password(ADMIN)


@pytest.fixture
def side(bare: WordPressSite, store: Store, password: str) -> CoreSide:
    """With a memory that lies in a real database."""
    with store.write() as tx:
        add_site(tx, Ledger(), Site(SITE, "wordpress-core", "Clinic", bare.url, True, tx.at), actor="test")
    return CoreSide(bare, store, password)


@pytest.fixture
def nurse(side: CoreSide) -> str:
    return side.account(f"nurse{next(_NUMBERS)}", "contributor", "subscriber")


OWN = ["contributor", "subscriber"]


def test_a_role_is_lent_and_taken_back(side: CoreSide, nurse: str) -> None:
    """The holder edits others' posts only in between, and has exactly the roles from before, in their order."""
    post = side.site.create_post("A page", patient="P-1", content="x", status="publish", post_type="post")
    session = side.site.log_in(nurse, PASSWORD)

    def edits() -> bool:
        change = {"content": "changed"}
        return side.site.rest(session, "POST", f"/wp/v2/posts/{post}", json=change).status_code == 200

    assert not edits()
    grant = side.lend(nurse, "editor")
    assert edits()
    assert side.roles(nurse) == [*OWN, "editor"]
    seen = side.core.observe()
    assert (seen.active[grant].account, seen.mark) == (nurse, 0)
    assert side.end(grant)[grant].answer is Answer.DONE
    assert not edits()
    assert side.roles(nurse) == OWN
    assert grant not in side.core.observe().active


def test_who_had_no_role_has_none_again(side: CoreSide) -> None:
    """And a capability of their own that is no role stays."""
    login = side.account(f"nobody{next(_NUMBERS)}")
    side.site.run_php(f"get_user_by('login', '{login}')->add_cap('see_rota');")
    side.end(side.lend(login, "author"))
    assert side.roles(login) == []
    assert (
        side.site.run_php(f"echo user_can(get_user_by('login', '{login}'), 'see_rota') ? 'yes' : 'no';")
        == "yes"
    )


def test_two_grants_for_one_account_are_a_union(side: CoreSide, nurse: str) -> None:
    """Each end takes away only what nothing else lends; the last one restores the account's own roles."""
    first, second = side.lend(nurse, "editor", "author"), side.lend(nurse, "editor", WARDS[0])
    assert side.roles(nurse) == [*OWN, "editor", "author", WARDS[0]]
    side.end(first)
    assert side.roles(nurse) == [*OWN, "editor", WARDS[0]]
    assert set(side.core.observe().active) == {second}
    side.end(second)
    assert side.roles(nurse) == OWN


def test_a_role_of_ones_own_stays(side: CoreSide, nurse: str) -> None:
    """Although it was lent as well."""
    grant = side.lend(nurse, "contributor", "author")
    side.end(grant)
    assert side.roles(nurse) == OWN


def test_eight_at_once_lose_nothing(side: CoreSide, nurse: str) -> None:
    """Read, change and write of one account never overlap, whichever process they are in."""

    def lend(ward: str) -> str:
        document = side.lease(nurse, {"roles": [ward]})
        assert side.another().apply([document])[document.id].answer is Answer.DONE
        return document.id

    def end(grant: str) -> Answer:
        return side.another().revoke([side.revocation(grant)])[grant].answer

    with ThreadPoolExecutor(8) as pool:
        grants = list(pool.map(lend, WARDS))
        assert set(side.roles(nurse)) == {*OWN, *WARDS}
        assert set(side.core.observe().active) >= set(grants)
        others = [pool.submit(lend, ward) for ward in WARDS[:4]]
        assert set(pool.map(end, grants)) == {Answer.DONE}
        kept = [each.result() for each in others]
    assert set(side.roles(nurse)) == {*OWN, *WARDS[:4]}
    assert {outcome.answer for outcome in side.end(*kept).values()} == {Answer.DONE}
    assert side.roles(nurse) == OWN
    assert side.memory.keys() == [f"ended:{grant}" for grant in sorted([*grants, *kept])]


def test_an_answer_that_was_lost_changes_nothing(side: CoreSide, nurse: str) -> None:
    """The same lease and the same revocation again lead to where the first would have led."""
    lease = side.lease(nurse, {"roles": ["editor"]})
    side.wire.trouble = side.wire.lose_answer
    with pytest.raises(SiteError) as error:
        side.core.apply([lease])
    assert error.value.effect_unknown
    assert side.core.apply([lease])[lease.id].answer is Answer.DONE
    assert side.roles(nurse) == [*OWN, "editor"]
    side.clock.advance(seconds=LATE_S)
    side.wire.trouble = side.wire.lose_answer
    with pytest.raises(SiteError):
        side.end(lease.id)
    side.clock.advance(seconds=LATE_S)
    assert side.end(lease.id)[lease.id].answer is Answer.DONE
    assert side.roles(nurse) == OWN
    assert side.memory.read(f"grant:{lease.id}") is None


def test_a_write_that_may_still_come_is_waited_for(side: CoreSide, nurse: str) -> None:
    """A lease that arrives after its revocation is found and taken back before anybody calls it gone."""
    lease = side.lease(nurse, {"roles": ["editor"]})
    side.wire.trouble = side.wire.keep_for_later
    with pytest.raises(SiteError):
        side.core.apply([lease])
    with pytest.raises(SiteError, match="may still take effect"):
        side.end(lease.id)
    side.wire.kept.pop()().close()
    assert side.roles(nurse) == [*OWN, "editor"]
    assert lease.id in side.core.observe().active
    side.clock.advance(seconds=LATE_S)
    assert side.end(lease.id)[lease.id].answer is Answer.DONE
    assert side.roles(nurse) == OWN


def test_what_somebody_else_changes_meanwhile_stands(side: CoreSide, nurse: str) -> None:
    """A role added stays, a role taken away stays away, and one that was lent is gone in either case."""
    grant = side.lend(nurse, "editor")
    side.give(nurse, "subscriber", "editor", WARDS[3])
    other = side.lend(nurse, "author")
    assert set(side.roles(nurse)) == {"subscriber", WARDS[3], "editor", "author"}
    side.end(grant, other)
    assert side.roles(nurse) == ["subscriber", WARDS[3]]
    grant = side.lend(nurse, "editor")
    side.give(nurse, WARDS[4])
    assert grant not in side.core.observe().active
    side.end(grant)
    assert side.roles(nurse) == [WARDS[4]]


def test_a_late_lease_is_refused(side: CoreSide, nurse: str) -> None:
    """Once revoked, whether or not it was ever lent, that grant gives nothing any more."""
    lease = side.lease(nurse, {"roles": ["editor"]})
    assert side.end(lease.id)[lease.id].answer is Answer.DONE
    assert side.core.apply([lease])[lease.id].reason == "revoked"
    assert side.roles(nurse) == OWN


def test_a_revocation_in_the_middle_of_a_push_is_not_lost(side: CoreSide, nurse: str) -> None:
    """Sent while the lease is on its way through another process, it either finds the loan or prevents it."""
    lease = side.lease(nurse, {"roles": ["editor"]})

    class Interrupted(PlainMemory):
        def write(self, key: str, value: str) -> None:
            if key == f"grant:{lease.id}":
                assert side.end(lease.id)[lease.id].answer is Answer.DONE
            super().write(key, value)

    side.core = side.another(memory=Interrupted())
    assert side.core.apply([lease])[lease.id].reason == "revoked"
    assert side.roles(nurse) == OWN


@pytest.mark.parametrize(
    ("roles", "reason"),
    [
        (["no_such_role"], "unknown_role"),
        (["editor", "no_such_role"], "unknown_role"),
        (["administrator"], "forbidden_role"),
        (["boss"], "forbidden_role"),
        (["author", "boss"], "forbidden_role"),
    ],
)
def test_a_role_that_cannot_be_lent_changes_nothing(
    side: CoreSide, nurse: str, roles: list[str], reason: str
) -> None:
    """One the site does not know, and one that rules the site by whatever name."""
    assert side.refusal(nurse, *roles) == reason
    assert side.roles(nurse) == OWN
    held = side.lend(nurse, "author")
    assert side.refusal(nurse, *roles) == reason
    assert side.roles(nurse) == [*OWN, "author"]
    side.end(held)
    assert side.roles(nurse) == OWN


def test_a_ruling_role_is_undone_after_a_lost_answer_too(side: CoreSide, nurse: str) -> None:
    """What the account could do before is remembered, so a repeat does not take the loan for its own."""
    lease = side.lease(nurse, {"roles": ["boss"]})
    side.wire.trouble = side.wire.lose_answer
    with pytest.raises(SiteError):
        side.core.apply([lease])
    with pytest.raises(SiteError, match="may still take effect"):
        side.core.apply([lease])
    assert side.roles(nurse) == OWN


def test_accounts_are_found_by_their_login(side: CoreSide) -> None:
    """In any letter case, also when the login is an address; an unknown one is refused and told ahead."""
    odd = side.account(f"Nurse.{next(_NUMBERS)}@clinic.example", "subscriber")
    side.site.run_php(
        f"wp_update_user(['ID' => get_user_by('login', '{odd}')->ID, 'user_email' => 'x{odd}']);"
    )
    grant = side.lend(odd.lower(), "author")
    assert side.roles(odd) == ["subscriber", "author"]
    side.end(grant)
    assert side.refusal("nobody-here", "author") == "unknown_account"
    assert side.core.readiness([odd, "nobody-here"]) == {odd: (), "nobody-here": ("unknown_account",)}


def test_users_taken_out_of_rest_are_an_error_in_words(side: CoreSide, nurse: str) -> None:
    """Nothing is lent, and nothing counts as taken back."""
    grant = side.lend(nurse, "editor")
    hide = side.site.root / "wp-content/mu-plugins/no-users.php"
    unset = (
        "unset($r['/wp/v2/users'], $r['/wp/v2/users/(?P<id>[\\\\d]+)'], $r['/wp/v2/users/me']); return $r;"
    )
    hide.write_text(f"<?php add_filter('rest_endpoints', function ($r) {{ {unset} }});")
    try:
        for act in (lambda: side.lend(nurse, "author"), lambda: side.end(grant), side.core.health):
            with pytest.raises(SiteError, match="routes for users have been taken away"):
                act()
    finally:
        hide.unlink()
    assert side.roles(nurse) == [*OWN, "editor"]
    assert side.end(grant)[grant].answer is Answer.DONE
    assert side.roles(nurse) == OWN


def test_credentials_that_do_not_work_are_named(side: CoreSide, nurse: str) -> None:
    """A wrong password, none at all, an account that may not, and application passwords switched off."""
    weak = side.account(f"weak{next(_NUMBERS)}", "subscriber")
    refused = {
        "application password": {"user": ADMIN, "application_password": "aaaa bbbb cccc dddd"},
        "cannot sign in to this site yet": {},
        "may not": {"user": weak, "application_password": side.site.application_password(weak)},
    }
    for words, secrets in refused.items():
        with pytest.raises(SiteError, match=words) as error:
            side.another(secrets=secrets).apply([side.lease(nurse, {"roles": ["author"]})])
        assert not error.value.effect_unknown
    off = side.site.root / "wp-content/mu-plugins/off.php"
    off.write_text("<?php add_filter('wp_is_application_passwords_available', '__return_false');")
    try:
        with pytest.raises(SiteError, match="does not let the broker in"):
            side.core.health()
    finally:
        off.unlink()


def test_a_full_disk_stops_lending_and_not_taking_back(side: CoreSide, nurse: str) -> None:
    """Nothing is lent that could not be remembered; what is lent is taken back, and written down later."""
    side.memory = PlainMemory()  # type: ignore[assignment]
    side.core = side.another()
    grant = side.lend(nurse, "editor")
    side.memory.full = True  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        side.lend(nurse, "author")
    assert side.roles(nurse) == [*OWN, "editor"]
    assert side.end(grant)[grant].answer is Answer.DONE
    assert side.roles(nurse) == OWN
    assert grant not in side.core.observe().active
    side.memory.full = False  # type: ignore[attr-defined]
    assert side.end(grant)[grant].answer is Answer.DONE
    assert side.roles(nurse) == OWN
    assert side.memory.keys() == [f"ended:{grant}"]


def test_an_account_that_was_deleted_holds_nothing(side: CoreSide, nurse: str) -> None:
    """Its grants end, and nothing is remembered of it."""
    grant = side.lend(nurse, "editor")
    delete = f"wp_delete_user(get_user_by('login', '{nurse}')->ID);"
    side.site.run_php("require_once ABSPATH . 'wp-admin/includes/user.php'; " + delete)
    assert grant not in side.core.observe().active
    assert side.end(grant)[grant].answer is Answer.DONE
    assert side.memory.keys() == [f"ended:{grant}"]


def test_a_frozen_account_is_out_and_comes_back_whole(side: CoreSide, nurse: str) -> None:
    """No role, no session, no application password; released, it has its own roles and what is lent."""
    grant = side.lend(nurse, "editor")
    session, word = side.site.log_in(nurse, PASSWORD), side.site.application_password(nurse)
    assert side.order(nurse, Act.FREEZE, version=5) == ""
    assert side.roles(nurse) == []
    assert session.get(f"{side.site.url}/wp-admin/profile.php", allow_redirects=False).status_code == 302
    with pytest.raises(SiteError, match="does not let the broker in"):
        side.another(secrets={"user": nurse, "application_password": word}).health()
    assert side.refusal(nurse, "author") == "frozen"
    assert side.core.readiness([nurse]) == {nurse: ("frozen",)}
    assert side.core.observe().accounts[nurse].frozen
    assert side.order(nurse, Act.RELEASE, version=4) == "stale_version"
    assert side.order(nurse, Act.RELEASE, version=6) == ""
    assert side.roles(nurse) == [*OWN, "editor"]
    side.end(grant)
    assert side.roles(nurse) == OWN


def test_a_grant_that_ends_while_its_holder_is_frozen_stays_ended(side: CoreSide, nurse: str) -> None:
    """Release brings the account's own roles back and nothing else."""
    grant = side.lend(nurse, "editor")
    side.order(nurse, Act.FREEZE, Act.END_LEASES)
    assert side.core.observe().accounts[nurse].frozen
    side.end(grant)
    assert side.order(nurse, Act.RELEASE, version=2) == ""
    assert side.roles(nurse) == OWN


def test_what_core_cannot_do_is_said(side: CoreSide, nurse: str) -> None:
    """API keys are out of reach (a frozen account's can do nothing), the broker's own account is never frozen, an unknown one is named."""
    assert side.order(nurse, Act.DELETE_API_KEYS) == "api_keys_remain"
    assert side.order(nurse, Act.FREEZE, Act.DELETE_API_KEYS, version=2) == ""
    assert side.roles(nurse) == []
    assert side.order(ADMIN, Act.FREEZE) == "own_account"
    assert side.order("nobody-here", Act.FREEZE) == "unknown_account"
    assert side.core.protect(side.lease(nurse, {"roles": ["author"]})).reason == "not_offered"
    assert side.core.events(0).head_seq == 0


def test_everybody_who_matters_can_be_frozen_at_once(side: CoreSide, nurse: str) -> None:
    """But for the broker and those spared; a subscriber can do no harm and keeps their role."""
    boss, spared = (side.account(f"{name}{next(_NUMBERS)}", "editor") for name in ("chief", "deputy"))
    admin = side.roles("admin")
    assert side.order(EVERYONE, Act.FREEZE, spare=(spared,)) == ""
    assert side.roles(boss) == side.roles("admin") == []
    assert side.roles(ADMIN) == ["administrator"]
    assert (side.roles(spared), side.roles(nurse)) == (["editor"], OWN)
    assert side.core.observe().everyone_frozen
    assert side.refusal(nurse, "author") == "frozen"
    side.end(side.lend(spared, "author"))
    assert side.order(boss, Act.RELEASE, version=3) == ""
    assert side.roles(boss) == ["editor"]
    side.end(side.lend(boss, "author"))
    assert side.order(EVERYONE, Act.RELEASE, version=4) == ""
    assert not side.core.observe().everyone_frozen
    assert (side.roles(boss), side.roles("admin")) == (["editor"], admin)
    assert side.order(EVERYONE, Act.FREEZE, version=5, spare=("admin", spared)) == ""
    assert side.order(EVERYONE, Act.RELEASE, version=4) == "stale_version"
    assert side.roles(boss) == []
    assert side.order(EVERYONE, Act.RELEASE, version=6) == ""
    assert side.roles(boss) == ["editor"]


def test_a_healthy_site_says_what_it_is(side: CoreSide) -> None:
    """Version, clock, and that all the broker needs is there; who could get in anyway is listed."""
    health = side.core.health()
    assert health.problems == ()
    assert health.platform_version[0].isdigit()
    assert health.companion_version == ""
    assert abs((health.site_time - side.clock.wall()).total_seconds()) < 120
    admin = side.core.observe().accounts[ADMIN]
    assert (admin.roles, admin.application_passwords) == (("administrator",), 1)


def test_the_effective_rights_of_a_role_are_told(side: CoreSide) -> None:
    """By an account that holds nothing else; where there is none, the role's name has to do."""
    side.account(f"author{next(_NUMBERS)}", "author")
    told = side.core.effective({"roles": ["author", WARDS[7]]})
    assert {"role author", "publish_posts", f"role {WARDS[7]}"} <= set(told)
    assert side.core.entrance({"roles": ["author"]}).endswith("/wp-admin/")
