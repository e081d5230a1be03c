"""A plugin of a real WordPress opens patient data to software that shows a token, as docs/resource-server.md has it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.fakes.holder import Holder
from tests.live.publisher import AUDIENCE, EC, OKP, RSA, Publisher
from tests.live.wordpress_site import WordPressSite
from tests.vectors.token_signer import Signer, elliptic
from tests.verify.broker_server import serving

pytestmark = pytest.mark.live

PAGE = Path(__file__).parents[2] / "docs/resource-server.md"

Ask = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    with serving() as server:
        yield Publisher(server)


@pytest.fixture(scope="module")
def portal(wordpress: WordPressSite, publisher: Publisher) -> Iterator[WordPressSite]:
    """The site with the plugin of the page, its placeholders filled in."""
    code = re.search(r"^```php\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]
    for placeholder, real in {
        "https://broker.clinic.example": publisher.server.address,
        "https://portal.clinic.example/wp-json/portal": AUDIENCE,
        "getenv( 'BROKER_CLIENT_ID' )": "'client_ehr'",
        "getenv( 'BROKER_CLIENT_SECRET' )": "'a-secret'",
    }.items():
        assert placeholder in code
        code = code.replace(placeholder, real)
    plugin = wordpress.root / "wp-content/mu-plugins/portal.php"
    plugin.write_text(f"<?php\n{code}", encoding="utf-8")
    wordpress.run_php("update_option('medication_of_P-1001', 'warfarin');")
    yield wordpress
    plugin.unlink()


@pytest.fixture
def ask(portal: WordPressSite) -> Ask:
    """Asks for a patient's medication with this Authorization header."""

    def post(authorization: str = "", proof: str = "", patient: str = "P-1001") -> requests.Response:
        sent = {"Authorization": authorization, "DPoP": proof}
        headers = {name: value for name, value in sent.items() if value}
        place = f"{portal.url}/?rest_route=/portal/v1/medication"
        return requests.post(place, data={"patient": patient}, headers=headers, timeout=20)

    return post


@pytest.fixture(scope="module")
def url(portal: WordPressSite) -> str:
    """The route's address by the site's own name."""
    return portal.run_php("echo rest_url('portal/v1/medication');")


def _said(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code") or answer.json()["medication"]


@pytest.mark.parametrize("by", [RSA, OKP, EC], ids=lambda by: by.alg)
def test_a_token_opens_its_patient(ask: Ask, publisher: Publisher, by: Signer) -> None:
    """Signed by a key of any of the three kinds; another patient stays shut with the same token."""
    token = publisher.token(by)
    assert _said(ask(f"Bearer {token}")) == (200, "warfarin")
    assert _said(ask(f"Bearer {token}", patient="P-2002")) == (403, "insufficient_scope")


def test_what_opens_is_asked_about_once_and_kept_by_no_cache(
    ask: Ask, publisher: Publisher, url: str
) -> None:
    """WordPress asks for each permission twice; the broker is asked once, and the answer carries no challenge."""
    holder = Holder()
    token = publisher.token(cnf={"jkt": holder.jkt})
    ask(f"Bearer {publisher.token()}")
    publisher.server.asked.clear()
    answer = ask(f"DPoP {token}", holder.proof("POST", url, datetime.now(UTC), token=token))
    assert _said(answer) == (200, "warfarin")
    assert [each.path for each in publisher.server.asked] == ["/oauth/introspect"]
    assert "WWW-Authenticate" not in answer.headers
    assert "POST" in answer.headers["Allow"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_without_a_token_nothing_opens(ask: Ask, portal: WordPressSite) -> None:
    """401 with a challenge, for nobody and for an administrator who is signed in alike."""
    answer = ask()
    assert _said(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'DPoP algs="RS256 ES256 Ed25519", Bearer'
    portal.create_user("portal-admin", role="administrator", password="a-password-for-tests")
    session = portal.log_in("portal-admin", "a-password-for-tests")
    assert portal.rest(session, "POST", "/portal/v1/medication?patient=P-1001").status_code == 401


def test_taken_back_shows_at_once(ask: Ask, publisher: Publisher) -> None:
    """The broker is asked at every request."""
    token = publisher.token()
    assert ask(f"Bearer {token}").status_code == 200
    del publisher.live[token]
    assert _said(ask(f"Bearer {token}")) == (401, "invalid_token")


def test_expired_and_foreign_tokens(ask: Ask, publisher: Publisher) -> None:
    """Refused by the site itself, whatever the broker would say."""
    now = int(time.time())
    for changed in ({"exp": now - 1}, {"aud": "https://shop.example"}, {"iss": "https://evil.example"}):
        answer = ask(f"Bearer {publisher.token(**changed)}")
        assert _said(answer) == (401, "invalid_token")
        assert "P-1001" not in answer.text


def test_a_bound_token_needs_its_key(ask: Ask, publisher: Publisher, url: str) -> None:
    """Its holder gets in once per proof, on whichever worker of the web server; a thief never."""
    holder, thief = Holder(), Holder()
    token = publisher.token(cnf={"jkt": holder.jkt})

    def proof(by: Holder) -> str:
        return by.proof("POST", url, datetime.now(UTC), token=token)

    mine = proof(holder)
    assert _said(ask(f"DPoP {token}", mine)) == (200, "warfarin")
    for _ in range(4):
        assert _said(ask(f"DPoP {token}", mine)) == (401, "invalid_dpop_proof")
    assert _said(ask(f"DPoP {token}", proof(thief))) == (401, "invalid_token")
    assert _said(ask(f"DPoP {token}")) == (401, "invalid_dpop_proof")
    assert _said(ask(f"Bearer {token}")) == (401, "invalid_token")
    assert _said(ask(f"DPoP {token}", proof(holder))) == (200, "warfarin")


def test_keys_are_fetched_once(ask: Ask, publisher: Publisher) -> None:
    """Many requests, many workers, one question for the keys."""
    ask(f"Bearer {publisher.token()}")
    publisher.server.asked.clear()
    for _ in range(6):
        assert ask(f"Bearer {publisher.token()}").status_code == 200
    assert [each.path for each in publisher.server.asked].count("/oauth/jwks") == 0


def test_a_broker_that_is_away_opens_nothing(ask: Ask, publisher: Publisher) -> None:
    """The keys are still known, but nobody can say whether the token counts: 503."""
    token = publisher.token()
    publisher.server.answer = lambda _: (500, {}, b"")
    try:
        assert _said(ask(f"Bearer {token}")) == (503, "temporarily_unavailable")
    finally:
        publisher.server.answer = publisher._answer
    assert ask(f"Bearer {token}").status_code == 200


def test_keys_planted_in_the_database_count_for_nothing(
    ask: Ask, publisher: Publisher, portal: WordPressSite
) -> None:
    """Whoever writes to the database alone makes no tokens: what the site did not keep itself is fetched anew."""
    forger = elliptic(999)
    planted = json.dumps(
        {"document": {"keys": [forger.published]}, "seen_at": int(time.time()), "tried_at": 0}
    )
    before = publisher.token()
    assert ask(f"Bearer {before}").status_code == 200
    done = portal.run_php(
        'global $wpdb; foreach ( $wpdb->get_col( "SELECT option_name FROM wp_options'
        " WHERE option_name LIKE 'emergency\\_access\\_keys\\_%'\" ) as $name ) {"
        " $kept = get_option( $name );"
        f" $kept['text'] = '{planted}'; echo (int) update_option( $name, $kept );"
        " }"
    )
    assert "1" in done
    assert _said(ask(f"Bearer {publisher.token(forger)}")) == (401, "invalid_token")
    assert ask(f"Bearer {before}").status_code == 200


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ("'issuer' => 'http://broker.clinic.example', 'audience' => 'a'", "temporarily_unavailable"),
        ("'issuer' => 'https://broker.clinic.example'", "temporarily_unavailable"),
        ("'audience' => 'a'", "temporarily_unavailable"),
    ],
)
def test_terms_that_cannot_be_kept_open_nothing(
    portal: WordPressSite, publisher: Publisher, terms: str, code: str
) -> None:
    """A broker without TLS, no audience or no broker at all: a mistake of whoever wrote the plugin, and 503."""
    said = portal.run_php(
        f"$_SERVER['HTTP_AUTHORIZATION'] = 'Bearer {publisher.token()}';"
        f"$all = emergency_access_of_token( array( {terms} ), 'https://portal.clinic.example/' );"
        f"$one = emergency_access_check_token( array( {terms} ), 'https://portal.clinic.example/', 'a', 'b', 'c' );"
        "echo $all->get_error_code(), ' ', $one->get_error_code(), ' ', $one->get_error_data()['status'];"
    )
    assert said == f"{code} {code} 503"


def test_all_that_a_token_opens(portal: WordPressSite, publisher: Publisher) -> None:
    """A plugin that opens several things asks the access for each, and knows whom to write down."""
    said = portal.run_php(
        f"$_SERVER['HTTP_AUTHORIZATION'] = 'Bearer {publisher.token()}';"
        f"$terms = array( 'issuer' => '{publisher.server.address}', 'audience' => '{AUDIENCE}' );"
        "$access = emergency_access_of_token( $terms, 'https://portal.clinic.example/' );"
        "echo $access->subject, ' ', $access->permissions[0]->identifier, ' ',"
        "json_encode( array( $access->allows( 'P-1001', 'medication', 'read' ), $access->allows( 'P-1001', 'allergies', 'read' ) ) );"
    )
    assert said == "person_0001 grant_0001 [true,false]"


def test_leaves_nothing_behind(portal: WordPressSite, ask: Ask, publisher: Publisher) -> None:
    """The keys stand in one option of the site, not loaded with every page, that goes with the plugin."""
    ask(f"Bearer {publisher.token()}")
    query = "SELECT autoload FROM wp_options WHERE option_name LIKE 'emergency\\_access\\_keys\\_%'"
    assert set(portal.sql(query).split()) in ({"no"}, {"off"})
    uninstall = (portal.root / "wp-content/plugins/emergency-access-broker/uninstall.php").read_text()
    assert "emergency_access_keys_" in uninstall
