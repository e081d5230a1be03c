"""A network of sites: super administrators are kept from patients too, unless a lease opens one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from broker.adapters.lease import ContainmentAction, ProtectionClaims
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.errors import SiteError
from tests.live.broker_side import ISSUER, SITE, BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward, furnish, running_site

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    broker = BrokerSide()
    with running_site(tmp_path_factory.mktemp("network"), broker, network=True) as site:
        site.create_user("root", role="administrator", password=PASSWORD)
        site.run_php("grant_super_admin(get_user_by('login', 'root')->ID);")
        yield Apart(site, broker)


@pytest.fixture
def broker(network: Apart) -> BrokerSide:
    return network.broker


@pytest.fixture
def ward(network: Apart) -> Ward:
    return furnish(network.site)


@pytest.fixture
def root(network: Apart) -> requests.Session:
    """A super administrator's session."""
    return network.site.log_in("root", PASSWORD)


def _protect(
    broker: BrokerSide, version: int = 0, *, stop: bool = True, types: tuple[str, ...] = ("telehealth_note",)
) -> Outcome:
    broker.mark += 1
    claims = ProtectionClaims(
        SITE,
        stop,
        types,
        orders=True,
        version=version or broker.mark,
        issued_at=broker.clock.now(),
        issuer=ISSUER,
    )
    return broker.adapter.protect(SignedDocument(SITE, broker.signer.sign_protection(claims)))


def _page(ward: Ward, session: requests.Session, path: str) -> requests.Response:
    return session.get(f"{ward.site.url}/wp-admin/{path}", allow_redirects=False, timeout=20)


def test_super_administrator_is_stopped_and_let_go(
    ward: Ward, broker: BrokerSide, root: requests.Session
) -> None:
    """Free they read every note; stopped they neither read, edit, delete, list, search nor export one; free again they do."""
    assert _protect(broker, stop=False) == DONE
    assert ward.reads(root, ward.my_note)
    assert f"Mine {ward.nurse[5:]}" in _page(ward, root, "edit.php?post_type=telehealth_note").text
    assert _protect(broker) == DONE
    assert not ward.reads(root, ward.my_note)
    assert not ward.edits(root, ward.my_note)
    assert ward.site.rest(root, "DELETE", f"/wp/v2/telehealth_note/{ward.my_note}").status_code == 403
    page = _page(ward, root, f"post.php?post={ward.my_note}&action=edit")
    assert page.status_code in {403, 500}  # older versions answer 500
    assert "Sorry, you are not allowed to edit this item" in page.text
    assert _page(ward, root, "edit.php?post_type=telehealth_note").status_code == 403
    assert _page(ward, root, "post-new.php?post_type=telehealth_note").status_code == 403
    assert _page(ward, root, "export.php").status_code == 403
    listed = ward.site.rest(root, "GET", "/wp/v2/telehealth_note?status=private&per_page=100")
    assert listed.status_code in {400, 403} or listed.json() == []
    assert ward.saved(ward.my_note) == f"content of mine {ward.nurse[5:]}"
    assert _protect(broker, stop=False) == DONE
    assert ward.reads(root, ward.my_note)


def test_lease_of_a_super_administrator(ward: Ward, broker: BrokerSide, root: requests.Session) -> None:
    """A lease opens them that one patient, in REST, editor and list, and its end closes it."""
    assert _protect(broker) == DONE
    grant = broker.give("root", notes_of(ward.mine))
    assert ward.reads(root, ward.my_note)
    assert ward.edits(root, ward.my_note, "changed by root")
    assert not ward.reads(root, ward.other_note)
    assert _page(ward, root, f"post.php?post={ward.my_note}&action=edit").status_code == 200
    assert ward.site.rest(root, "DELETE", f"/wp/v2/telehealth_note/{ward.my_note}").status_code == 403
    page = _page(ward, root, "edit.php?post_type=telehealth_note").text
    assert f"Mine {ward.nurse[5:]}" in page
    assert "Other " not in page
    broker.take_back(grant)
    again = ward.site.log_in("root", PASSWORD)
    assert not ward.reads(again, ward.my_note)


def test_primitive_lease_of_a_super_administrator(
    ward: Ward, broker: BrokerSide, root: requests.Session
) -> None:
    """Capabilities that a lease lends by name open what they are for, and only those."""
    assert _protect(broker) == DONE
    grant = broker.give("root", {"primitives": ["read_private_telehealth_notes"]})
    assert ward.reads(root, ward.my_note)
    assert not ward.edits(root, ward.my_note)
    broker.take_back(grant)


def test_types_that_share_capabilities(ward: Ward, broker: BrokerSide, root: requests.Session) -> None:
    """Protecting private posts of a type that uses everybody's capabilities leaves the rest of that page's work alone."""
    private = ward.site.create_post("Minutes", patient=ward.mine, post_type="post")
    public = ward.site.create_post("News", patient="", post_type="post", status="publish")
    assert _protect(broker, types=("post",)) == DONE
    listing = ward.site.rest(root, "GET", "/wp/v2/posts?status=private,publish&context=edit&per_page=100")
    if listing.status_code == 200:
        assert private not in {post["id"] for post in listing.json()}
    assert ward.site.rest(root, "GET", f"/wp/v2/posts/{private}").status_code == 403
    assert ward.site.rest(root, "GET", f"/wp/v2/posts/{public}").status_code == 200
    assert "Minutes" not in _page(ward, root, "edit.php").text
    assert _page(ward, root, "edit.php?post_type=page").status_code == 200


def test_others_keep_their_rights(ward: Ward, broker: BrokerSide) -> None:
    """A nurse's lease works under the rule as without it, and the network's other pages stay open to its administrator."""
    assert _protect(broker) == DONE
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not ward.reads(session, ward.other_note)
    root = ward.site.log_in("root", PASSWORD)
    for page in ("plugins.php", "users.php", "network/sites.php", "edit.php?post_type=page"):
        assert _page(ward, root, page).status_code == 200, page
    broker.take_back(grant)


def test_rule_edited_or_outdated(ward: Ward, broker: BrokerSide, root: requests.Session) -> None:
    """An older rule is refused; an edited one holds nobody back, and the broker is told and can set it again."""
    assert _protect(broker) == DONE
    assert _protect(broker, version=1, stop=False) == Outcome(Answer.REFUSED, "stale_version")
    assert not ward.reads(root, ward.my_note)
    ward.site.sql("UPDATE wp_emergency_access_state SET text = concat(text, 'A') WHERE name = 'protection'")
    assert "protection_unproven" in broker.adapter.health().words
    assert _protect(broker) == DONE
    assert not ward.reads(root, ward.my_note)
    assert broker.adapter.health().words == ()


def test_super_administrators_are_observed(broker: BrokerSide) -> None:
    """They are told as such, with their sessions, though the site gives them no role that says so."""
    seen = broker.adapter.observe()
    assert seen.accounts["root"].roles[0] == "super_admin"
    assert "multisite" in broker.adapter.health().features


def test_frozen_super_administrator(ward: Ward, broker: BrokerSide, root: requests.Session) -> None:
    """Freezing knows no super administrators."""
    broker.mark += 1
    assert broker.contain("root", ContainmentAction.FREEZE, version=broker.mark) == DONE
    assert not ward.is_logged_in(root)
    with pytest.raises(RuntimeError, match="did not let this account log in"):
        ward.site.log_in("root", PASSWORD)
    broker.mark += 1
    assert broker.contain("root", ContainmentAction.RELEASE, version=broker.mark) == DONE


def test_neighbour_sites_are_paired_by_themselves(ward: Ward, broker: BrokerSide) -> None:
    """The pairing of a network's first site is not its neighbour's: what is sent there is refused at the door."""
    ward.site.run_php(
        "wpmu_create_blog(get_network()->domain, '/second/', 'Second', 1);"
        "switch_to_blog(2);"
        "update_option('active_plugins', array('emergency-access-broker/emergency-access-broker.php'));"
    )
    # WordPress drops the colon before a port when it makes a site.
    ward.site.sql("UPDATE wp_blogs b JOIN wp_site s SET b.domain = s.domain WHERE b.blog_id = 2")
    neighbour = broker.reach(f"{ward.site.url}/second")
    with pytest.raises(SiteError, match="not paired"):
        neighbour.observe()
    assert broker.adapter.observe().mark == broker.mark


def test_uninstalling_leaves_nothing(ward: Ward, broker: BrokerSide) -> None:
    """Deleting the plugin takes its tables, options and files with it, on every site of the network."""
    broker.mark += 1
    broker.adapter.health()
    files = ward.site.root / "wp-content/uploads/emergency-access"
    assert list(files.glob("mark-*.php"))
    script = "wp-content/plugins/emergency-access-broker/uninstall.php"
    ward.site.run_php(f"define('WP_UNINSTALL_PLUGIN', 'x'); require ABSPATH . '{script}';")
    assert ward.site.sql("SHOW TABLES LIKE '%emergency%'") == ""
    assert ward.site.sql("SELECT option_name FROM wp_options WHERE option_name LIKE '%emergency%'") == ""
    assert not files.exists()
