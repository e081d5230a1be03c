"""``broker policy``: check the files, ask them questions, describe them to an editor."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path as FilePath
from typing import Protocol

import click

from broker.policy.catalog import Catalog, Entitlement
from broker.policy.decision import Ask, Path, Subject
from broker.policy.durations import in_words
from broker.policy.evaluate import evaluate
from broker.policy.faults import PolicyFaults, did_you_mean
from broker.policy.load import load_catalog
from broker.policy.schema import json_schema
from broker.policy.simulate import describe, explain, fill_in


class KnownPerson(Protocol):
    """Somebody in the broker's own register."""

    @property
    def id(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def has_factor(self) -> bool: ...
    @property
    def has_passkey(self) -> bool: ...


class Installation(Protocol):
    """What these commands need of the broker they run in."""

    @property
    def policies_path(self) -> FilePath: ...
    def find_person(self, email: str) -> KnownPerson | None: ...


@click.group()
def policy() -> None:
    """Check policy files and ask what they would decide."""


@policy.command()
@click.argument("directory", required=False, type=click.Path(path_type=FilePath))
@click.pass_obj
def check(installation: Installation, directory: FilePath | None) -> None:
    """Report every fault of every policy file in DIRECTORY, with file and line."""
    catalog = _load(directory or installation.policies_path)
    for entitlement in catalog.entitlements.values():
        click.echo(f"{entitlement.id}: {_summary(entitlement)}")
    click.echo(f"No faults. Policy digest: {catalog.digest}")


@policy.command()
@click.option(
    "--as", "who", required=True, metavar="ROLE_OR_EMAIL", help="A role, or a person known to the broker."
)
@click.option("--for", "entitlement_id", required=True, metavar="ENTITLEMENT", help="What is asked for.")
@click.option("--break-glass", "path", flag_value=Path.BREAK_GLASS, help="Without waiting for an approver.")
@click.option(
    "--extension", "path", flag_value=Path.EXTENSION, help="Following a grant that is about to end."
)
@click.option("--held", type=click.IntRange(min=0), default=0, help="Minutes held before the extension.")
@click.option("--minutes", type=click.IntRange(min=1), help="How long. Default: the policy's own.")
@click.option("--purpose", help="HL7 purpose of use. Default: the first one allowed.")
@click.option("--reason", help="Reason code. Default: the first one of the policy.")
@click.option("--compartment", help="The patient's compartment. Default: one that is covered.")
@click.option("--overdue-reviews", type=click.IntRange(min=0), default=0, help="As if so many were overdue.")
@click.option(
    "--danger", is_flag=True, help="As if the danger were stated, to pass the block of an overdue one."
)
@click.pass_obj
def simulate(
    installation: Installation,
    who: str,
    entitlement_id: str,
    path: str | None,
    held: int,
    minutes: int | None,
    purpose: str | None,
    reason: str | None,
    compartment: str | None,
    overdue_reviews: int,
    *,
    danger: bool,
) -> None:
    """Explain what policy would decide, by the same analysis a real request goes through."""
    catalog = _load(installation.policies_path)
    entitlement = _entitlement(catalog, entitlement_id)
    subject = _subject(installation, catalog, who, overdue_reviews)
    draft = Ask(
        entitlement_id=entitlement_id,
        path=Path(path or Path.ORDINARY),
        purpose=purpose or "",
        reason=reason or next(iter(catalog.reasons)),
        duration=timedelta(minutes=minutes) if minutes else entitlement.durations.default,
        compartment=compartment,
        already_held=timedelta(minutes=held),
        danger_stated=danger,
    )
    ask = fill_in(catalog, entitlement, draft)
    click.echo(describe(catalog, entitlement, subject, ask) + "\n")
    click.echo(explain(catalog, evaluate(catalog, subject, ask)))


@policy.command()
def schema() -> None:
    """Print the JSON Schema of a policy file, for an editor."""
    click.echo(json_schema(), nl=False)


def _load(where: FilePath) -> Catalog:
    try:
        return load_catalog(where)
    except PolicyFaults as found:
        for fault in found.faults:
            click.echo(str(fault), err=True)
        raise SystemExit(1) from found


def _entitlement(catalog: Catalog, entitlement_id: str) -> Entitlement:
    if entitlement_id not in catalog.entitlements:
        hint = did_you_mean(entitlement_id, catalog.entitlements)
        raise click.BadParameter(f"no entitlement {entitlement_id!r}; {hint}", param_hint="--for")
    return catalog.entitlements[entitlement_id]


def _subject(installation: Installation, catalog: Catalog, who: str, overdue_reviews: int) -> Subject:
    if "@" in who:
        person = installation.find_person(who)
        if person is None:
            raise click.BadParameter(f"nobody here is called {who!r}", param_hint="--as")
        roles = frozenset(map(str, person.roles))
        return Subject(person.id, roles, person.has_factor, overdue_reviews, person.has_passkey)
    if who not in catalog.roles:
        raise click.BadParameter(f"no role {who!r}; {did_you_mean(who, catalog.roles)}", param_hint="--as")
    return Subject(
        f"anybody who is {who}",
        frozenset({who}),
        has_factor=True,
        overdue_reviews=overdue_reviews,
        has_passkey=True,
    )


def _summary(entitlement: Entitlement) -> str:
    glass = entitlement.break_glass
    broken = f"break-glass up to {in_words(glass.maximum)}" if glass else "no break-glass"
    needed = f"approvals {entitlement.approvals.needed}"
    return f"{entitlement.title}, up to {in_words(entitlement.durations.maximum)}, {needed}, {broken}"
