"""A call goes to an address that was checked, and nowhere else."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from broker.adapters.pinned import pinned_session
from broker.adapters.port import SignedDocument
from broker.adapters.wordpress.client import WordPressAdapter
from broker.errors import SiteError
from tests.adapters.tls_site import Authority, TlsSite
from tests.adapters.wordpress.broken_site import BrokenSite, answer_json
from tests.fakes.connection import connection_to

NAME = "clinic.example"
ONE = [SignedDocument("g1", "a.b.c")]


class Resolver:
    """Answers each look-up with the next list, the last one again and again, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked = 0
        self._answers = answers

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers[min(self.asked, len(self._answers)) - 1]


@pytest.fixture
def site() -> Iterator[BrokenSite]:
    """Answers every call with an empty JSON object."""
    with closing(BrokenSite(lambda connection, call: answer_json(connection, {"call": call}))) as there:
        yield there


def _adapter(url: str, resolver: Resolver, session: requests.Session | None = None) -> WordPressAdapter:
    connection = connection_to(url, LeaseSigner(Ed25519PrivateKey.generate(), "broker"))
    return WordPressAdapter(connection, resolver=resolver, session=session, timeout=(1, 2))


def _port(site: BrokenSite) -> str:
    return site.url.rsplit(":", 1)[1]


def test_the_name_is_looked_up_once(site: BrokenSite) -> None:
    """The call arrives though no other look-up knows the name, and whatever a second one would have said."""
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    with pytest.raises(SiteError) as failed:
        _adapter(f"http://{NAME}:{_port(site)}", resolver).apply(ONE)
    assert failed.value.effect_unknown  # it was called: its answer holds no outcome
    assert (resolver.asked, len(site.calls)) == (1, 1)


def test_a_name_that_turns_is_refused_at_the_next_call(site: BrokenSite) -> None:
    """Every call is checked again, also where a connection is still open."""
    adapter = _adapter(
        f"http://{NAME}:{_port(site)}", Resolver(["127.0.0.1"], ["127.0.0.1", "169.254.169.254"])
    )
    for unknown in (True, False):
        with pytest.raises(SiteError) as failed:
            adapter.apply(ONE)
        assert failed.value.effect_unknown is unknown
    assert len(site.calls) == 1


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
@pytest.mark.parametrize("addresses", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_one_dead_address_of_two(site: BrokenSite, addresses: list[str]) -> None:
    """A name with two addresses is reached as long as one of them answers, and is called once."""
    with pytest.raises(SiteError) as failed:
        _adapter(f"http://{NAME}:{_port(site)}", Resolver(addresses)).apply(ONE)
    assert failed.value.effect_unknown
    assert len(site.calls) == 1


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
def test_nothing_is_sent_twice() -> None:
    """Once a call was sent, its failing makes nobody try the next address."""
    with closing(BrokenSite(lambda connection, _: connection.shutdown(socket.SHUT_RDWR))) as site:
        with pytest.raises(SiteError) as failed:
            _adapter(f"http://{NAME}:{_port(site)}", Resolver(["127.0.0.1", "127.0.0.1"])).apply(ONE)
        assert failed.value.effect_unknown
        assert len(site.calls) == 1


@pytest.mark.allow_hosts([f"127.0.0.{last}" for last in range(1, 10)])
def test_a_name_with_many_dead_addresses(site: BrokenSite) -> None:
    """Somebody who lists a hundred addresses does not keep the broker waiting a hundred times."""
    dead = [f"127.0.0.{last}" for last in range(2, 6)]
    with pytest.raises(SiteError, match="cannot be reached") as failed:
        _adapter(f"http://{NAME}:{_port(site)}", Resolver([*dead, "127.0.0.1"])).apply(ONE)
    assert not failed.value.effect_unknown
    assert site.calls == []


def test_a_redirect_that_is_followed_is_checked_too() -> None:
    """Also an adapter that follows redirects ends nowhere it was not allowed to go."""
    head = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"
    with closing(BrokenSite(lambda connection, _: connection.sendall(head))) as site:
        session = pinned_session(allow_private=True)
        with pytest.raises(SiteError, match="private or reserved"):
            session.post(
                site.url, data=b"{}", headers={"X-Emergency-Access-Call": "a.eyJqdGkiOiJ4In0.c"}, timeout=2
            )
        assert len(site.calls) == 1


def test_neither_proxies_nor_passwords_of_the_environment(
    site: BrokenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell sets for other programs leads no call elsewhere."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name)
    with pytest.raises(SiteError):
        _adapter(site.url, Resolver(["127.0.0.1"])).apply(ONE)
    assert len(site.calls) == 1


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


Serve = Callable[[Path], TlsSite]


@pytest.fixture
def serve() -> Iterator[Serve]:
    there: list[TlsSite] = []

    def start(certificate: Path) -> TlsSite:
        there.append(TlsSite(certificate))
        return there[-1]

    yield start
    for site in there:
        site.close()


def _trusting(authority: Authority, site: TlsSite) -> WordPressAdapter:
    resolver = Resolver(["127.0.0.1"])
    session = pinned_session(allow_private=True, resolver=resolver)
    session.verify = str(authority.file)
    return _adapter(f"https://{NAME}:{site.port}/blog", resolver, session)


def test_certificate_sni_and_host_are_the_names(authority: Authority, serve: Serve) -> None:
    """Though an address is called, everything about the call still says the name."""
    site = serve(authority.certificate(NAME))
    with pytest.raises(SiteError) as failed:
        _trusting(authority, site).apply(ONE)
    assert failed.value.effect_unknown
    assert (site.names, site.hosts) == ([NAME], [f"{NAME}:{site.port}"])


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("other.example", {}),
        ("127.0.0.1", {}),
        (NAME, {"days_from_now": -1}),
        (NAME, {"self_signed": True}),
    ],
    ids=["another name", "the address as a name", "expired", "self-signed"],
)
def test_a_wrong_certificate(authority: Authority, serve: Serve, name: str, how: dict[str, int]) -> None:
    """Nothing is sent to whoever cannot prove to be the site, and the error says so."""
    site = serve(authority.certificate(name, **how))
    with pytest.raises(SiteError, match="cannot be reached") as failed:
        _trusting(authority, site).apply(ONE)
    assert not failed.value.effect_unknown
    assert "certificate" in failed.value.help
    assert site.hosts == []
