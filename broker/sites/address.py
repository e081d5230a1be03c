"""Whether a site's address is one the broker may be sent to, found out when it is typed in."""

from __future__ import annotations

from broker.adapters.reach import check_reachable, read_address, resolve


def check_address(base_url: str, *, allow_private: bool) -> bool:
    """Whether its name leads anywhere yet. SiteError when it leads where the broker must not call."""
    host, port = read_address(base_url, allow_private=allow_private)
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError):  # a site may be connected before its name is known
        return False
    check_reachable(base_url, allow_private=allow_private, resolver=lambda _host, _port: found)
    return True
