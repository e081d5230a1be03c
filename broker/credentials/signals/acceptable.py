"""Whether a receiver can be told anything at all, found out when it is typed in."""

from __future__ import annotations

from broker.adapters.reach import read_address
from broker.errors import Invalid, SiteError

LONGEST_NAME, LONGEST_URL, LONGEST_AUDIENCE, LONGEST_AUTHORIZATION = 80, 500, 300, 4000
_PLAIN_URL = "https://host/path, without a user name or a fragment in it"


def check_acceptable(
    *, name: str, url: str, audience: str, concerned_with: str, authorization: str, allow_private: bool
) -> None:
    """Invalid, with every fault at once. Asks no name server and calls nobody."""
    faults = {
        "name": "" if _line(name, LONGEST_NAME) else f"1 to {LONGEST_NAME} letters",
        "audience": "" if _line(audience, LONGEST_AUDIENCE) else f"1 to {LONGEST_AUDIENCE} letters",
        "for": "" if len(concerned_with) <= LONGEST_AUDIENCE else f"at most {LONGEST_AUDIENCE} letters",
        "authorization": ""
        if _header(authorization)
        else "one line of plain letters, as the header wants it",
        "url": _fault_of_url(url, allow_private=allow_private),
    }
    wrong = {field: fault for field, fault in faults.items() if fault}
    if wrong:
        words = "; ".join(f"{field}: {fault}" for field, fault in wrong.items())
        raise Invalid(f"This receiver cannot be added: {words}.", wrong)


def _line(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable()


def _header(text: str) -> bool:
    return len(text) <= LONGEST_AUTHORIZATION and text.isascii() and (not text or text.isprintable())


def _fault_of_url(url: str, *, allow_private: bool) -> str:
    if len(url) > LONGEST_URL or "#" in url:
        return _PLAIN_URL
    try:
        read_address(url, allow_private=allow_private)
    except SiteError:
        return f"{_PLAIN_URL}; a test receiver may have http, with --allow-private"
    return ""
