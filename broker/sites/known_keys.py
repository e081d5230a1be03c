"""Whether a site knows the broker by the right keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from broker.sites.finding import Finding
from broker.sites.register import Site


def key_findings(site: Site, known: Collection[str], ring: Collection[str]) -> Iterator[Finding]:
    """``known`` are the key ids the site names, ``ring`` those of this broker. Kinds that know no key say none."""
    again = f"Pair it again: broker site pairing {site.id}"
    if not known:
        return
    if set(ring) - set(known):
        yield Finding(good=False, words=f"It does not know every key of this broker. {again}")
    if set(known) - set(ring):
        yield Finding(good=False, words=f"It still trusts a key that this broker has retired. {again}")
    if set(known) == set(ring):
        yield Finding(good=True, words="It knows this broker by the right keys.")
