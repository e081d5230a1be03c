"""Which addresses a site may have."""

from __future__ import annotations

import pytest

from broker.adapters.reach import check_reachable
from broker.errors import SiteError

PUBLIC = "93.184.216.34"


def _check(url: str, *addresses: str, allow_private: bool = False) -> None:
    check_reachable(url, allow_private=allow_private, resolver=lambda _host, _port: addresses)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_address_is_called(address: str) -> None:
    """An https site on the public Internet may be called."""
    _check("https://clinic.example/shop", address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd12::1",
        "::ffff:10.0.0.8",
        "64:ff9b::a00:8",
    ],
)
def test_private_address_needs_permission(address: str) -> None:
    """Loopback and private networks are called only where the operator allowed it."""
    with pytest.raises(SiteError) as refused:
        _check("https://clinic.example", address)
    assert not refused.value.effect_unknown


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "::1", "fd12::1"])
def test_private_address_with_permission(address: str) -> None:
    """A demo or a clinic's own network may be allowed, over plain http too."""
    _check("http://clinic.local:8080", address, allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "::ffff:0:a9fe:a9fe",
        "::a9fe:a9fe",
        "168.63.129.16",
        "0.0.0.0",
        "::",
        "224.0.0.1",
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_metadata_and_link_local_are_never_called(address: str, *, allow_private: bool) -> None:
    """Cloud metadata, link-local, multicast and unspecified addresses are refused always."""
    with pytest.raises(SiteError):
        _check("https://clinic.example", address, allow_private=allow_private)


def test_one_bad_address_among_good_ones() -> None:
    """A name that also leads inside is refused."""
    with pytest.raises(SiteError):
        _check("https://clinic.example", PUBLIC, "127.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "http://clinic.example",
        "ftp://clinic.example",
        "https://",
        "https://me:pw@clinic.example",
        "x",
        "https://[::1/",
        "https://clinic.example:99999/",
    ],
)
def test_odd_urls_are_refused(url: str) -> None:
    """Plain http, other schemes and embedded passwords are refused."""
    with pytest.raises(SiteError):
        _check(url, PUBLIC)


@pytest.mark.parametrize("host", ["clinic..example", "a" * 64 + ".example"])
def test_a_name_nobody_can_look_up_is_an_answer(host: str) -> None:
    """Python encodes a name before it asks the network, and what it cannot encode is no crash either."""

    def encoded(host: str, _port: int) -> list[str]:
        return [host.encode("idna").decode()]

    with pytest.raises(SiteError, match="cannot be found"):
        check_reachable(f"https://{host}/", allow_private=False, resolver=encoded)


def test_unknown_name() -> None:
    """A name that does not resolve is an answer, not a crash."""

    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("unknown name")

    with pytest.raises(SiteError, match="cannot be found"):
        check_reachable("https://clinic.example", allow_private=False, resolver=nowhere)
