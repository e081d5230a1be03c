"""Whether software can be registered as it was described: every fault at once, each with its field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from broker.credentials.clients.public_keys import checked_keys
from broker.credentials.clients.register import AuthMethod, GrantType, NewClient
from broker.credentials.clients.scopes import SCOPES
from broker.errors import Invalid

LONGEST_NAME = 80
LONGEST_AUDIENCE = 255
LONGEST_REDIRECT = 500
MOST_REDIRECTS = 10
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# What an app on a phone claims for itself; without a dot anybody else's app claims it as well (RFC 8252, 7.1).
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
_URN = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{1,31}:[!-~]+")


def checked(new: NewClient) -> NewClient:
    """``new`` with a tidy name and checked keys. Raises Invalid with all its faults."""
    tidy = replace(new, name=" ".join(new.name.split()))
    faults = dict(_faults(tidy))
    if faults:
        raise Invalid("This client cannot be registered. " + " ".join(faults.values()), faults)
    return replace(tidy, jwks=checked_keys(tidy.jwks)) if tidy.jwks is not None else tidy


def _faults(new: NewClient) -> Iterator[tuple[str, str]]:
    if not new.name or len(new.name) > LONGEST_NAME or not new.name.isprintable():
        yield (
            "name",
            f"Give it a name of at most {LONGEST_NAME} characters: people read it when they allow it.",
        )
    if unknown := new.scopes - SCOPES.keys():
        yield (
            "scopes",
            f"There is no scope {', '.join(sorted(unknown))}. There are: {', '.join(sorted(SCOPES))}.",
        )
    if new.audience is not None and not is_audience(new.audience):
        yield "audience", "The audience must be an absolute https:// address, or a urn:."
    yield from _faults_of_proof(new)
    yield from _faults_of_redirects(new)


def _faults_of_proof(new: NewClient) -> Iterator[tuple[str, str]]:
    if new.public and (new.audience or new.grant_types - {GrantType.CODE}):
        yield (
            "auth_method",
            "Software that cannot prove who it is may use authorization_code and nothing else.",
        )
    if (new.jwks is not None) != (new.auth_method is AuthMethod.KEY):
        yield "jwks", "Public keys belong to private_key_jwt, and private_key_jwt needs them."
    if not new.grant_types and not new.audience:
        yield "grant_types", "Say what it may hand in for a token, or of which audience it is the resource."


def _faults_of_redirects(new: NewClient) -> Iterator[tuple[str, str]]:
    if bool(new.redirect_uris) != (GrantType.CODE in new.grant_types):
        yield "redirect_uris", "A redirect address belongs to authorization_code, which needs one."
    if len(new.redirect_uris) > MOST_REDIRECTS:
        yield "redirect_uris", f"At most {MOST_REDIRECTS} redirect addresses."
    for uri in new.redirect_uris:
        if not _may_be_sent_to(uri, public=new.public):
            sentence = f"People cannot be sent to {uri!r}: use https://, an address of this very machine, or an app's own scheme."
            yield "redirect_uris", sentence


def is_audience(text: str) -> bool:
    """Whether a token can be made out to it."""
    if len(text) > LONGEST_AUDIENCE or not _plain(text):
        return False
    parts = _split(text)
    absolute = parts is not None and parts.scheme == "https" and bool(parts.hostname)
    # A clinic's own machine, in a demo or behind its own door.
    nearby = parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK
    return absolute or nearby or bool(_URN.fullmatch(text))


def _may_be_sent_to(uri: str, *, public: bool) -> bool:
    parts = _split(uri)
    if parts is None or len(uri) > LONGEST_REDIRECT or not _plain(uri) or "#" in uri:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname) and parts.username is None
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK and parts.username is None
    return public and bool(_OWN_SCHEME.fullmatch(parts.scheme)) and not parts.netloc


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return parts


def _plain(text: str) -> bool:
    # A quote, a semicolon or a star would be read as more than an address in a header of ours.
    return text.isascii() and text.isprintable() and not set(text) & set(" \"'<>\\^`{|};*,")
