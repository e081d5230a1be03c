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

# Where clouds answer a machine's own questions outside the link-local range: Amazon, Google, Alibaba, Azure, Oracle.
_METADATA = tuple(
    map(
        ipaddress.ip_network,
        ("fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
    )
)
# Networks whose last 32 bits are an IPv4 address that a translator calls.
_TRANSLATED = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96"))
)
_PORTS = {"http": 80, "https": 443}
_HELP = "Correct the site's address, then run: broker doctor"


def resolve(host: str, port: int) -> list[str]:
    """Every address the machine's resolver gives for ``host``, the one to try first at the front."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_reachable(url: str, *, allow_private: bool, resolver: Resolve = resolve) -> list[Address]:
    """The addresses behind ``url``; raises :class:`SiteError` unless every one may be called.

    A later look-up of the name may answer differently, so calls go to the
    addresses answered here: :func:`broker.adapters.pinned.pinned_session`.
    ``allow_private`` opens loopback and private networks (and plain http) for a
    demo or a clinic's own network, never link-local or metadata addresses.
    """
    addresses = _addresses(*read_address(url, allow_private=allow_private), resolver)
    if not all(_may_call(address, allow_private=allow_private) for address in addresses):
        raise _refused("The site's name leads to an address inside a private or reserved network.")
    return addresses


def read_address(url: str, *, allow_private: bool) -> tuple[str, int]:
    """Host and port of what can be called at all; raises :class:`SiteError`. Asks no name server."""
    try:
        parts = urlsplit(url)
        port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:  # a bracket that never closes, a port that is no number
        raise unreadable() from None
    if not (port and parts.scheme in _PORTS and parts.hostname and parts.username is None and _plain(url)):
        raise unreadable()
    if parts.scheme == "http" and not allow_private:
        raise _refused("The site's address must begin with https://.")
    return parts.hostname, port


def unreadable() -> SiteError:
    return _refused("The site's address must be https://host/path, without a user name in it.")


def _plain(url: str) -> bool:
    # Line ends, tabs, blanks and backslashes are read differently from one parser to the next.
    return url.isprintable() and not {" ", "\\"} & set(url)


def _addresses(host: str, port: int, resolver: Resolve) -> list[Address]:
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError):  # a name no name server could be asked for
        found = ()
    if not found:
        raise _refused("The site's name cannot be found.")
    # A zone ("%eth0") only ever follows a link-local address.
    return [ipaddress.ip_address(text.split("%")[0]) for text in found]


def _may_call(address: Address, *, allow_private: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in _METADATA):
        return False
    # Python calls the old site-local addresses (fec0::) global.
    inside = address.is_private or address.is_loopback or getattr(address, "is_site_local", False)
    return allow_private if inside else address.is_global


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
