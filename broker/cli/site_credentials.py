"""``broker site secret`` and ``broker site option``: what the broker needs to enter a site."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from broker.adapters.kind import kind_of
from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Invalid
from broker.sites.credentials import set_option, set_secret
from broker.sites.register import Site, get_site


@click.command()
@click.argument("site_id")
@click.argument("name")
@click.pass_obj
def secret(installation: Installation, site_id: str, name: str) -> None:
    """Keep the site's secret NAME, sealed. It is asked for, or read from standard input; never an argument."""
    parts, site = installation.parts, _site(installation, site_id)
    words = _wanted("secret", site, kind_of(site.kind).secrets, name)
    value = _typed(words)
    with parts.store.write() as tx:
        set_secret(tx, parts.ledger, parts.site_seal, site.id, name, value, actor=ACTOR)
    click.echo(f"Kept. Look whether it works: broker doctor {site.id}")


@click.command()
@click.argument("site_id")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def option(installation: Installation, site_id: str, name: str, value: str) -> None:
    """Set the site's setting NAME to VALUE; '' takes it away."""
    parts, site = installation.parts, _site(installation, site_id)
    _wanted("setting", site, kind_of(site.kind).options, name)
    with parts.store.write() as tx:
        set_option(tx, parts.ledger, site.id, name, value, actor=ACTOR)
    click.echo(f"{name} is set." if value else f"{name} is taken away.")


def steps(site: Site) -> list[str]:
    """The commands that enter what the site's kind wants, each with what it is."""
    kind = kind_of(site.kind)
    secrets = [f"  broker site secret {site.id} {name}\n    {words}" for name, words in kind.secrets.items()]
    options = [
        f"  broker site option {site.id} {name} VALUE\n    {words}" for name, words in kind.options.items()
    ]
    return secrets + options


def _site(installation: Installation, site_id: str) -> Site:
    with installation.parts.store.read() as reader:
        return get_site(reader, site_id)


def _wanted(what: str, site: Site, names: Mapping[str, str], name: str) -> str:
    if name in names:
        return names[name]
    known = f"Known: {', '.join(names)}." if names else f"A site of kind {site.kind} needs none."
    raise Invalid(f"{site.title} has no {what} called {name!r}.", {"name": known}, help=known)


def _typed(words: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(words, hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")
