"""Which addresses the broker lets itself be sent to.

A site's address is typed in by a person; it must not become a way into the
broker's own network or a cloud's metadata service.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from broker.errors import SiteError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_METADATA = tuple(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))
# Networks whose last 32 bits are an IPv4 address that a translator calls.
_TRANSLATED = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96"))
)
_PORTS = {"http": 80, "https": 443}
_HELP = "Correct the site's address, then run: broker doctor"


def resolve(host: str, port: int) -> list[str]:
    """Every address the machine's resolver gives for ``host``."""
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


def check_reachable(url: str, *, allow_private: bool, resolver: Resolve = resolve) -> None:
    """Raise :class:`SiteError` unless every address behind ``url`` may be called.

    ``allow_private`` opens loopback and private networks (and plain http) for a
    demo or a clinic's own network, never link-local or metadata addresses.
    """
    scheme, host, port = _split(url)
    if scheme == "http" and not allow_private:
        raise _refused("The site's address must begin with https://.")
    for address in _addresses(host, port, resolver):
        if not _may_call(address, allow_private=allow_private):
            raise _refused("The site's name leads to an address inside a private or reserved network.")


def _split(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of what can be called at all."""
    try:
        parts = urlsplit(url)
        if parts.scheme in _PORTS and parts.hostname and parts.username is None:
            return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:  # a bracket that never closes, a port that is no number
        pass
    raise _refused("The site's address must be https://host/path, without a user name in it.")


def _addresses(host: str, port: int, resolver: Resolve) -> list[Address]:
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError):  # a name no name server could be asked for
        raise _refused("The site's name cannot be found.") from None
    # A zone ("%eth0") only ever follows a link-local address.
    return [ipaddress.ip_address(text.split("%")[0]) for text in found]


def _may_call(address: Address, *, allow_private: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
        return False
    return address.is_global or (allow_private and (address.is_private or address.is_loopback))


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is really called, None when there is none in it."""
    if address.is_loopback or address.is_unspecified:
        return None
    translated = any(address in network for network in _TRANSLATED)
    return (
        address.ipv4_mapped
        or address.sixtofour
        or (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if translated else None)
    )


def _refused(message: str) -> SiteError:
    return SiteError(message, effect_unknown=False, help=_HELP)
