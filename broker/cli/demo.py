"""``broker demo``: try everything in a minute, with people and patients who do not exist."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import click

from broker.app import build_parts
from broker.cli.installation import Installation
from broker.cli.serve import bring_up_to_date, run_server
from broker.demo import (
    PATIENT,
    RESTRICTED_PATIENT,
    demo_people,
    kept_password,
    seed,
    set_passwords,
    usable_code,
)
from broker.identity.factors.passkeys.relying_party import relying_party
from broker.settings import Settings
from broker.web.parts import Parts

WELCOME = """\
────────────────────────────────────────────────────────────────────────
  DEMO MODE: codes can be printed, mail is not sent, nobody here exists.
  Never put a real person or patient into it.
────────────────────────────────────────────────────────────────────────
  Open       {url}
  Sign in    {emails}
  Password   {password}
  Code       {program} demo code clinician@demo.example
  Passkeys   {passkeys}
  Patients   {patient} (a recording, a record), {restricted} (restricted: two approvers)
────────────────────────────────────────────────────────────────────────"""


@click.group()
def demo() -> None:
    """Try the broker with people and patients who do not exist."""


@demo.command("run")
@click.pass_obj
def run(installation: Installation) -> None:
    """Seed an embedded database, say how to sign in, and serve."""
    settings = as_demo(installation.settings)
    wanted = settings.demo_password.get_secret_value() if settings.demo_password else None
    path = settings.state_dir / "demo-password"
    before = path.read_text().strip() if path.exists() else None
    password = kept_password(path, wanted)
    parts = seeded(settings, password)
    if before not in {None, password}:
        set_passwords(parts, password)
    parts.store.engine.dispose()
    run_server(settings, lambda ready: click.echo(_welcome(ready, password)))


@demo.command()
@click.argument("email")
@click.pass_obj
def code(installation: Installation, email: str) -> None:
    """Print a one-time code of EMAIL that is good now, as their phone would show it."""
    parts = _demo_parts(installation)
    while isinstance(answer := usable_code(parts, email), timedelta):
        click.echo(f"Used already; the next one in {answer.total_seconds():.0f} seconds.", err=True)
        time.sleep(answer.total_seconds())
    click.echo(answer.code)


def as_demo(settings: Settings) -> Settings:
    return settings.model_copy(update={"demo": True})


def seeded(settings: Settings, password: str) -> Parts:
    """The parts of a demo broker whose database is up to date and filled."""
    bring_up_to_date(settings)
    parts = build_parts(settings)
    seed(parts, password)
    return parts


def _demo_parts(installation: Installation) -> Parts:
    settings = installation.settings
    # Another shell need not know BROKER_DEMO: what ``demo run`` left behind says that this is one.
    if (settings.state_dir / "demo-password").exists():
        settings = as_demo(settings)
    return build_parts(settings)


def _welcome(settings: Settings, password: str) -> str:
    party = relying_party(settings.base_url, demo=True)
    return WELCOME.format(
        passkeys=f"at {party.origin}" if party else "not at this address",
        url=settings.base_url,
        emails=", ".join(person.email for person in demo_people()),
        password=password,
        program=sys.argv[0],
        patient=PATIENT,
        restricted=RESTRICTED_PATIENT,
    )
