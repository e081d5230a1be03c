"""The words the files share: each declared once, and only declared ones used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from broker.policy.draft import Draft
from broker.policy.faults import did_you_mean
from broker.policy.purposes import HL7_PURPOSES
from broker.policy.source import Source, Where

SECTIONS = ("roles", "compartments", "purposes", "reasons", "entitlements", "sites")
_USES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("roles", ("who", "roles")),
    ("roles", ("approvals", "roles")),
    ("compartments", ("compartments",)),
    ("compartments", ("break_glass", "compartments")),
    ("purposes", ("purposes",)),
    ("purposes", ("break_glass", "purposes")),
)


def declared(source: Source, section: str) -> list[str]:
    found = Draft(source.tree).at(section)
    return list(found) if isinstance(found, dict) else []


def declare_once(sources: Sequence[Source]) -> None:
    """Note every code and id that two files both declare."""
    first: dict[tuple[str, str], Source] = {}
    for source in sources:
        for section in SECTIONS:
            for name in declared(source, section):
                other = first.setdefault((section, name), source)
                if other is not source:
                    place = f"{other.name}:{other.line((section, name))}"
                    source.fault((section, name), f'"{name}" is declared in {place} already.')


def purposes_are_hl7(source: Source) -> None:
    for code in declared(source, "purposes"):
        if code not in HL7_PURPOSES:
            message = f'"{code}" is not an HL7 purpose of use; {did_you_mean(code, HL7_PURPOSES)}'
            source.fault(("purposes", code), message)


def use_declared(sources: Sequence[Source]) -> None:
    """Note every role, compartment and purpose an entitlement names and no file declares."""
    whole = all(source.tree is not None for source in sources)
    for section, path in _USES:
        known = {name for source in sources for name in declared(source, section)}
        if not known and not whole:
            continue  # Declared, most likely, in the file that cannot be read: one fault, not a hundred.
        for source, where, name in _used(sources, path):
            if name not in known:
                what = section.removesuffix("s")
                source.fault(
                    where, f'"{name}" is not a {what} declared in any file; {did_you_mean(name, known)}'
                )


def _used(sources: Sequence[Source], path: tuple[str, ...]) -> Iterator[tuple[Source, Where, str]]:
    for source in sources:
        for entry in declared(source, "entitlements"):
            for place, name in Draft(source.tree).names("entitlements", entry, *path) or []:
                yield source, ("entitlements", entry, *path, place), name
