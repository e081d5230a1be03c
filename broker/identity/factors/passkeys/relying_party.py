"""For which address passkeys are made and taken: they work there and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

NAME = "Emergency access"


@dataclass(frozen=True)
class RelyingParty:
    """``id`` is a host name, ``origin`` what a browser shows before the path."""

    id: str
    origin: str


def relying_party(base_url: str, *, demo: bool) -> RelyingParty | None:
    """None where no browser makes passkeys: at a bare address, or without TLS on another machine than one's own.

    A demo served on 127.0.0.1 answers to ``localhost`` as well, and passkeys are made for that name.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    if _is_address(host):
        own = demo and ip_address(host).is_loopback
        return RelyingParty("localhost", f"{parts.scheme}://localhost{port}") if own else None
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return RelyingParty(host, f"{parts.scheme}://{host}{port}")
    return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
