"""Whether two addresses name one target, as a proof of possession names it (RFC 9449, section 4.3)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_PORTS = {"https": 443, "http": 80}
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PLAIN = re.compile(r"[\x21-\x7e]+\Z")


def same_target(claimed: str, url: str) -> bool:
    """Compares scheme, host, port and path; query and fragment do not count, nor does how a path is escaped."""
    target = _normal(claimed)
    return target is not None and target == _normal(url)


def _normal(url: str) -> tuple[str, str, int, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    # What a URL parser would silently drop or mend is not the same address.
    if not _PLAIN.match(url) or "\\" in url or parts.scheme not in _PORTS:
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    path = _ESCAPE.sub(_shortest, parts.path or "/")
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port, path


def _shortest(escape: re.Match[str]) -> str:
    character = unquote(escape.group(), encoding="latin-1")
    return character if _UNRESERVED.match(character) else escape.group().upper()
