"""Whether a feed can be told anything at all, found out when it is typed in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from broker.adapters.reach import read_address
from broker.errors import Invalid, SiteError
from broker.feeds.certificates import LONGEST_PEM, fault_of_pair, fault_of_pem
from broker.feeds.feed import FORMATS, Feed, Kind, Patients, Secrets
from broker.feeds.signing_secret import signing_bytes

LONGEST_NAME, LONGEST_TARGET, LONGEST_SECRET, MOST_EVENTS = 80, 500, 4000, 50
AUTHORIZATION, SIGNING, CERTIFICATE, KEY = "authorization", "signing", "certificate", "key"
_OF_KIND = {
    Kind.SYSLOG: frozenset({CERTIFICATE, KEY}),
    Kind.WEBHOOK: frozenset({AUTHORIZATION, SIGNING}),
    Kind.FHIR: frozenset({AUTHORIZATION}),
    Kind.FILE: frozenset[str](),
}
_EVENT = re.compile(r"[a-z][a-z0-9_.-]{0,63}\*?")
_LARGEST_ENTERPRISE = 2**32 - 1


def check_acceptable(feed: Feed, secrets: Secrets) -> None:
    """Invalid, with every fault at once. Asks no name server and calls nobody."""
    terms = feed.terms
    faults = {
        "name": _fault_of_name(feed.name),
        "format": _fault_of_format(feed),
        "target": _fault_of_target(feed),
        "events": _fault_of_events(terms.events),
        "patient-system": _fault_of_system(feed),
        "ca": fault_of_pem(terms.believe) if terms.believe else "",
        "enterprise": "" if 0 < terms.enterprise <= _LARGEST_ENTERPRISE else "an IANA enterprise number",
        **{name: _fault_of_secret(feed.kind, name, value) for name, value in secrets.items()},
    }
    if feed.kind is Kind.SYSLOG and {CERTIFICATE, KEY} & set(secrets):
        faults[KEY] = fault_of_pair(secrets.get(CERTIFICATE, ""), secrets.get(KEY, ""))
    wrong = {field: fault for field, fault in faults.items() if fault}
    if wrong:
        words = "; ".join(f"{field}: {fault}" for field, fault in wrong.items())
        raise Invalid(f"This feed cannot be added: {words}.", wrong)


def host_and_port(target: str) -> tuple[str, int]:
    """Of ``tls://host:port``; 6514 where it names none. ValueError for anything else."""
    parts = urlsplit(target)
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme != "tls" or not parts.hostname or not plain or not target.isprintable():
        raise ValueError(target)
    return parts.hostname, parts.port or 6514


def _fault_of_name(name: str) -> str:
    return "" if 0 < len(name) <= LONGEST_NAME and name.isprintable() else f"1 to {LONGEST_NAME} letters"


def _fault_of_format(feed: Feed) -> str:
    known = FORMATS[feed.kind]
    return "" if feed.format in known else f"a {feed.kind} feed speaks {', '.join(known)}"


def _fault_of_target(feed: Feed) -> str:
    if len(feed.target) > LONGEST_TARGET:
        return f"at most {LONGEST_TARGET} letters"
    match feed.kind:
        case Kind.FILE:
            return _fault_of_path(feed.target)
        case Kind.SYSLOG:
            return _fault_of_host(feed.target)
        case _:
            return _fault_of_url(feed.target, allow_private=feed.terms.allow_private)


def _fault_of_path(target: str) -> str:
    path = Path(target)
    if not path.is_absolute() or not target.isprintable() or path.is_dir() or not path.parent.is_dir():
        return "the whole path of a file, in a folder that is there"
    return ""


def _fault_of_host(target: str) -> str:
    try:
        host_and_port(target)
    except ValueError:
        return "write it like tls://collector.example.org:6514"
    return ""


def _fault_of_url(url: str, *, allow_private: bool) -> str:
    try:
        read_address(url, allow_private=allow_private)
    except SiteError:
        url += "#"
    if "#" in url:
        return "https://host/path without a user name or a fragment; http only with --allow-private"
    return ""


def _fault_of_events(events: tuple[str, ...]) -> str:
    if len(events) > MOST_EVENTS or not all(_EVENT.fullmatch(each) or each == "*" for each in events):
        return "names such as grant.revoked, or beginnings such as grant.*"
    return ""


def _fault_of_system(feed: Feed) -> str:
    system = feed.terms.patient_system
    if not system:
        return ""
    if feed.terms.patients is not Patients.CLINIC_REF:
        return "only where the clinic's own patient ids are told"
    told = urlsplit(system).scheme and system.isprintable() and " " not in system
    return "" if told and len(system) <= LONGEST_TARGET else "a URI, such as urn:oid:1.2.3 or https://..."


def _fault_of_secret(kind: Kind, name: str, value: str) -> str:
    if name not in _OF_KIND[kind]:
        return f"a {kind} feed has none"
    if name in {CERTIFICATE, KEY}:
        return "" if len(value) <= LONGEST_PEM else "PEM"
    if name == SIGNING:
        return "" if signing_bytes(value) else "whsec_ and 24 to 64 bytes in base64"
    fits = 0 < len(value) <= LONGEST_SECRET and value.isascii() and value.isprintable()
    return "" if fits else "one line of plain letters, as the header wants it"
