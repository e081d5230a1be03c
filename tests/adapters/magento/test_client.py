"""The adapter against the module's own classes, over HTTP, OAuth and MariaDB."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broker.adapters.companion.chain import NOTHING, verify_chain
from broker.adapters.lease import (
    ContainmentAction,
    ContainmentClaims,
    LeaseClaims,
    LeaseSigner,
    ProtectionClaims,
    RevocationClaims,
)
from broker.adapters.magento.module_files import module_version
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.errors import CompanionMissing, SiteError
from tests.adapters.magento.shop import Shop

pytestmark = pytest.mark.live

SCOPE = {"resources": ["Magento_Sales::actions_view"]}
DONE = Outcome(Answer.DONE)


def lease(signer: LeaseSigner, grant: str, **changed: Any) -> SignedDocument:
    now = datetime.now(UTC)
    said: dict[str, Any] = {
        "site": "shop",
        "grant": grant,
        "account": "clerk",
        "entitlement": "orders",
        "scope": SCOPE,
        "not_before": now,
        "expires_at": now + timedelta(minutes=15),
        "version": 1,
        "issuer": signer.issuer,
    }
    return SignedDocument(grant, signer.sign_lease(LeaseClaims(**(said | changed)), now))


def revocation(signer: LeaseSigner, grant: str) -> SignedDocument:
    now = datetime.now(UTC)
    claims = RevocationClaims("shop", grant, 9, now, now + timedelta(days=7), signer.issuer)
    return SignedDocument(grant, signer.sign_revocation(claims))


def order(signer: LeaseSigner, version: int, *actions: ContainmentAction) -> SignedDocument:
    claims = ContainmentClaims(
        "shop", f"order_{version}", "clerk", (), actions, version, datetime.now(UTC), signer.issuer
    )
    return SignedDocument(claims.order, signer.sign_containment(claims))


def rule(signer: LeaseSigner, *, stop: bool) -> SignedDocument:
    claims = ProtectionClaims("shop", stop, (), False, 2, datetime.now(UTC), signer.issuer)
    return SignedDocument("shop", signer.sign_protection(claims))


def test_grant_and_back(shop: Shop, signer: LeaseSigner) -> None:
    """A lease is enforced, seen, taken back, gone, and stays gone."""
    site = shop.adapter()
    assert site.apply([lease(signer, "g1")]) == {"g1": DONE}
    seen = site.observe()
    assert seen.active["g1"].account == "clerk"
    assert abs(seen.site_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert site.revoke([revocation(signer, "g1")]) == {"g1": DONE}
    assert site.observe().active == {}
    assert site.apply([lease(signer, "g1", version=10)]) == {"g1": Outcome(Answer.REFUSED, "revoked")}


def test_accounts(shop: Shop) -> None:
    """Every admin who could get in is seen, with roles, sessions and keys."""
    accounts = shop.adapter().observe().accounts
    assert set(accounts) == {"clerk", "owner"}
    assert (accounts["clerk"].roles, accounts["clerk"].sessions, accounts["clerk"].api_keys) == (
        ("Catalogue clerk",),
        1,
        1,
    )


def test_mixed_batch(shop: Shop, signer: LeaseSigner) -> None:
    """Each document of a batch has its own answer, in order."""
    documents = [
        lease(signer, "g1"),
        lease(signer, "g2", account="nobody"),
        lease(signer, "g3", scope={"resources": ["Magento_Backend::all"]}),
        lease(signer, "g4", scope={"resources": ["Magento_Sales::no_such_thing"]}),
    ]
    said = [outcome.reason for outcome in shop.adapter().apply(documents).values()]
    assert said == ["", "unknown_account", "forbidden_capability", "unknown_resource"]


def test_five_hundred_at_once(shop: Shop, signer: LeaseSigner) -> None:
    """A full batch of revocations is one call."""
    documents = [revocation(signer, f"g{n}") for n in range(500)]
    assert set(shop.adapter().revoke(documents).values()) == {DONE}


def test_eight_at_once(shop: Shop, signer: LeaseSigner) -> None:
    """The same lease and its revocation from eight sides end in one revoked grant and a whole chain of events."""
    one, other = lease(signer, "g1"), revocation(signer, "g1")
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(shop.adapter().apply, [one]) for _ in range(4)]
        calls += [pool.submit(shop.adapter().revoke, [other]) for _ in range(4)]
        said = {call.result()["g1"].reason for call in calls}
    assert said <= {"", "revoked", "ended"}
    assert shop.adapter().observe().active == {}
    page = shop.adapter().events(0)
    assert len(verify_chain(0, NOTHING, page)) == page.head_seq


def test_eight_grants_at_once(shop: Shop, signer: LeaseSigner) -> None:
    """Grants of different people given and taken at the same time hold nobody up, and leave a whole chain."""

    def give_and_take(worker: int) -> None:
        site = shop.adapter()
        for grant in (f"g{worker}x{n}" for n in range(5)):
            holder = "clerk" if worker % 2 else "owner"
            assert site.apply([lease(signer, grant, account=holder)]) == {grant: DONE}
            assert site.revoke([revocation(signer, grant)]) == {grant: DONE}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give_and_take, range(8)))
    page = shop.adapter().events(0)
    assert len(verify_chain(0, NOTHING, page)) == page.head_seq == 80


def test_events(shop: Shop, signer: LeaseSigner) -> None:
    """What PHP chained, Python proves, from the beginning or from where it stopped."""
    site = shop.adapter()
    site.apply([lease(signer, "g1")])
    site.revoke([revocation(signer, "g1")])
    page = site.events(0)
    told = verify_chain(0, NOTHING, page)
    assert [(event.kind, event.grant, event.account) for event in told] == [
        ("lease_applied", "g1", "clerk"),
        ("lease_ended", "g1", "clerk"),
    ]
    assert verify_chain(told[0].seq, told[0].hash, site.events(1)) == told[1:]


def test_freeze_and_release(shop: Shop, signer: LeaseSigner) -> None:
    """A frozen account gets no lease, is seen as frozen, and is released again."""
    site = shop.adapter()
    assert site.contain([order(signer, 2, ContainmentAction.FREEZE)]) == {"order_2": DONE}
    assert site.observe().accounts["clerk"].frozen
    assert site.apply([lease(signer, "g1", version=3)])["g1"].reason == "frozen"
    assert site.readiness(["clerk", "owner", "nobody"]) == {
        "clerk": ("inactive", "frozen"),
        "owner": (),
        "nobody": ("unknown_account",),
    }
    assert site.contain([order(signer, 4, ContainmentAction.RELEASE)]) == {"order_4": DONE}
    assert not site.observe().accounts["clerk"].frozen


def test_restored_from_backup(shop: Shop, signer: LeaseSigner) -> None:
    """A database older than the shop gives nobody anything until the broker resumes, and says so."""
    shop.mark = 3
    site = shop.adapter()
    held = lease(signer, "g1")
    site.apply([held])
    next(shop.folder.glob("mark-*")).write_text("7", encoding="ascii")
    seen, health = site.observe(), site.health()
    assert (seen.active, seen.mark) == ({}, 3)
    assert health.words == ("restored",)
    assert health.problems[0].startswith("The shop's database is older")
    assert site.apply([lease(signer, "g2")])["g2"].reason == "restored"
    assert site.revoke([revocation(signer, "g3")]) == {"g3": DONE}
    shop.mark = 9
    site.resume()
    assert site.observe().active == {}
    assert site.apply([held]) == {"g1": DONE}
    assert set(site.observe().active) == {"g1"}
    assert site.observe().mark == 9


def test_health(shop: Shop, signer: LeaseSigner) -> None:
    """Version and digest are those this broker ships, and the broker's key is known."""
    health = shop.adapter().health()
    assert (health.companion_version, health.keys, health.problems) == (module_version(), (signer.kid,), ())


def test_effective(shop: Shop) -> None:
    """The site itself says what a scope opens."""
    assert shop.adapter().effective(SCOPE) == ("Magento_Sales::actions_view", "GET /V1/orders")


def test_rule(shop: Shop, signer: LeaseSigner) -> None:
    """Magento has no network administrators: that they are free is kept, that they are stopped is refused."""
    site = shop.adapter()
    assert site.protect(rule(signer, stop=False)) == DONE
    assert site.protect(rule(signer, stop=True)).reason == "not_offered"


def test_module_gone(shop: Shop) -> None:
    """A shop without its module is an alarm, never "already revoked"."""
    (shop.folder / "gone").touch()
    with pytest.raises(CompanionMissing, match="module"):
        shop.adapter().observe()


def test_database_gone(shop: Shop, signer: LeaseSigner) -> None:
    """A shop whose tables cannot be read may have done anything."""
    subprocess.run(
        [
            "php",
            "-r",
            "(new PDO($argv[1], 'root'))->exec('RENAME TABLE shop_emergency_access_lease TO shop_away');",
            shop.dsn,
        ],
        check=True,
    )
    try:
        with pytest.raises(SiteError, match="500") as failed:
            shop.adapter().revoke([revocation(signer, "g1")])
        assert failed.value.effect_unknown
    finally:
        subprocess.run(
            [
                "php",
                "-r",
                "(new PDO($argv[1], 'root'))->exec('RENAME TABLE shop_away TO shop_emergency_access_lease');",
                shop.dsn,
            ],
            check=True,
        )


def test_another_broker(shop: Shop) -> None:
    """A broker the shop is not paired with is refused, and told what to do."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    stranger = LeaseSigner(Ed25519PrivateKey.generate(), "broker.example")
    with pytest.raises(SiteError, match="does not know this broker's key") as refused:
        shop.adapter(signer=stranger).revoke([revocation(stranger, "g1")])
    assert not refused.value.effect_unknown


def test_entrance(shop: Shop) -> None:
    """The admin panel, wherever the shop has it."""
    assert shop.adapter().entrance(SCOPE) == f"{shop.url}/admin/"
    assert shop.adapter(options={"admin_path": "/backstage/"}).entrance(SCOPE) == f"{shop.url}/backstage/"
