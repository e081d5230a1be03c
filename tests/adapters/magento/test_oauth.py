"""OAuth 1.0a against vectors made with the library Magento itself checks by, and against PHP written apart."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from broker.adapters.magento.client import MagentoAdapter
from broker.adapters.magento.oauth import IntegrationAuth, signature
from broker.clock import SystemClock
from broker.errors import SiteError
from tests.adapters.magento.shop import FRONT, SECRETS, Shop
from tests.fakes.connection import connection_to

FILE = Path(__file__).parents[2] / "vectors/magento_oauth.json"
NOWHERE = "http://127.0.0.1:9"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS["signed"]])
def test_signature(case: dict[str, Any]) -> None:
    """Signed as Magento's own library signs, for every address a proxy may make of one."""
    assert signature(VECTORS["secrets"], "POST", case["url"], case["params"]) == case["signature"]


def test_the_stand_in_checks_as_magento_does(php: str) -> None:
    """The PHP that checks our calls in these tests makes the same signatures."""
    done = subprocess.run(
        [php, str(FRONT / "signed.php"), str(FILE)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [case["signature"] for case in VECTORS["signed"]]


@pytest.mark.live
def test_dropped_port(open_shop: Callable[..., Shop]) -> None:
    """Behind a proxy that drops the port, calls fail until they are signed for the address PHP sees."""
    shop = open_shop(seen_as="127.0.0.1")
    with pytest.raises(SiteError, match="does not let the broker") as refused:
        shop.adapter().health()
    assert "signing_base_url" in refused.value.help
    assert not refused.value.effect_unknown
    assert shop.adapter(options={"signing_base_url": "http://127.0.0.1/"}).health().platform_version


@pytest.mark.live
@pytest.mark.parametrize("name", sorted(SECRETS))
def test_wrong_secret(shop: Shop, name: str) -> None:
    """Each of the four keys counts."""
    with pytest.raises(SiteError, match="does not let the broker"):
        shop.adapter(secrets={**SECRETS, name: "another"}).health()


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_missing_secret(signer: Any, name: str) -> None:
    """A missing key is said by its name when a call is to be made; nothing is sent without it."""
    secrets = {key: value for key, value in SECRETS.items() if key != name}
    with pytest.raises(SiteError, match=name) as missing:
        MagentoAdapter(connection_to(NOWHERE, signer, secrets=secrets)).health()
    assert missing.value.help.endswith(f"broker site secret clinic {name}")


class _FastClock(SystemClock):
    """Twelve hours ahead of everybody."""

    def wall(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=12)


@pytest.mark.live
def test_broker_far_ahead(shop: Shop) -> None:
    """A broker whose clock is hours ahead still takes access back, and is told why it can give none."""
    ahead = shop.adapter(_FastClock())
    assert ahead.observe().active == {}
    with pytest.raises(SiteError, match="clock"):
        ahead.apply([_any_document()])


def _any_document() -> Any:
    from broker.adapters.port import SignedDocument

    return SignedDocument("g1", "a.b.c")


@pytest.mark.parametrize(
    "text",
    [
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://shop.example/?store=1",
        "https://shop.example:port",
    ],
)
def test_signing_base_url(text: str, signer: Any) -> None:
    """Only scheme, host, port and path can stand in place of the site's address."""
    options = {"signing_base_url": text}
    with pytest.raises(SiteError, match="signing_base_url"):
        MagentoAdapter(connection_to(NOWHERE, signer, secrets=SECRETS, options=options)).health()


def test_shop_in_a_folder(signer: Any) -> None:
    """The folder of the address PHP sees takes the place of the one that is called."""
    options = {"signing_base_url": "http://10.0.0.5:8080/web"}
    connection = connection_to("https://Clinic.example/shop/", signer, secrets=SECRETS, options=options)
    request = requests.Request("POST", "https://Clinic.example/shop/rest/V1/emergency-access/apply").prepare()
    header = IntegrationAuth(connection)(request).headers["Authorization"]
    said = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
    seen = "http://10.0.0.5:8080/web/rest/V1/emergency-access/apply"
    assert said.pop("oauth_signature") == signature(SECRETS, "POST", seen, said)
