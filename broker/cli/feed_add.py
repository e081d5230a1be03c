"""``broker feed add``: what is to be told whom, and from which entry on."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Invalid
from broker.feeds.acceptable import AUTHORIZATION, CERTIFICATE, KEY, SIGNING
from broker.feeds.feed import FORMATS, Feed, Kind, OnRefusal, Patients, Terms
from broker.feeds.formats.choose import Format
from broker.feeds.formats.syslog import ENTERPRISE
from broker.feeds.read import would_be_told
from broker.feeds.register import add_feed, head_seq, new_feed_id
from broker.feeds.signing_secret import new_signing_secret
from broker.store import Reader

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.argument("kind", type=click.Choice([each.value for each in Kind]))
@click.argument("target")
@click.option(
    "--format",
    "shape",
    type=click.Choice([each.value for each in Format]),
    help="The kind's own when left out.",
)
@click.option("--events", multiple=True, help="Only these, such as grant.* (may be given again).")
@click.option("--from", "begins", default="now", help="beginning, now, or the ledger's number of an entry.")
@click.option(
    "--patients",
    type=click.Choice([each.value for each in Patients]),
    default=Patients.OPAQUE.value,
    help="By which id patients are told.",
)
@click.option("--patient-system", default="", help="The URI the clinic's own patient ids belong to.")
@click.option(
    "--on-refusal",
    type=click.Choice([each.value for each in OnRefusal]),
    default=OnRefusal.WAIT.value,
    help="What becomes of an entry it refuses.",
)
@click.option("--ca", type=_FILE, help="PEM of the only certificates to believe.")
@click.option("--client-certificate", "certificate", type=_FILE, help="PEM to show to a syslog receiver.")
@click.option("--client-key", "key", type=_FILE, help="The certificate's key, PEM without a passphrase.")
@click.option("--authorization", is_flag=True, help="Ask for the Authorization header it wants to see.")
@click.option("--sign", is_flag=True, help="Sign webhooks, and print the new key once.")
@click.option("--enterprise", type=int, default=ENTERPRISE, help="The number in RFC 5424's structured data.")
@click.option("--allow-private", is_flag=True, help="Let it stand in the clinic's own network; http too.")
@click.pass_obj
def add(
    installation: Installation,
    /,
    name: str,
    kind: str,
    target: str,
    begins: str,
    authorization: bool,
    sign: bool,
    **given: object,
) -> None:
    """Tell TARGET, called NAME, the ledger's steps.

    KIND is syslog (tls://host:port), webhook or fhir (https://...) or file (a whole path).
    """
    parts, secrets = installation.parts, _secrets(authorization, sign, given)
    chosen = Kind(kind)
    shape = Format(str(given["shape"])) if given["shape"] else FORMATS[chosen][0]
    with parts.store.write() as tx:
        start = _start(tx, begins)
        new = Feed(
            new_feed_id(), name.strip(), chosen, shape, target, tx.at, _terms(given), delivered_seq=start
        )
        told = would_be_told(tx, new.terms) if new.terms.events else (0, 0)
        added = add_feed(tx, parts.ledger, parts.site_seal, new, secrets, actor=ACTOR)
    click.echo(
        f"{added.name} ({added.id}) is told as {added.format} from entry {added.delivered_seq + 1} on."
    )
    if SIGNING in secrets:
        click.echo(f"Its key, shown this once: {secrets[SIGNING]}")
    if added.terms.events:
        click.echo("Of the {1} entries so far {0} would have been for it.".format(*told))
    click.echo(f"Try it: broker feed test {added.id}")


def _start(reader: Reader, begins: str) -> int:
    """The entry it has already, as it were."""
    if begins == "now":
        return head_seq(reader)
    if begins == "beginning":
        return 0
    if not (begins.isascii() and begins.isdigit() and int(begins) > 0):
        raise Invalid(
            "A feed begins at the beginning, now, or with an entry's number.", {"from": "choose one"}
        )
    return int(begins) - 1


def _terms(given: dict[str, object]) -> Terms:
    ca, events = given["ca"], given["events"]
    return Terms(
        events=tuple(str(each) for each in events) if isinstance(events, tuple) else (),
        patients=Patients(str(given["patients"])),
        patient_system=str(given["patient_system"]),
        believe=ca.read_text() if isinstance(ca, Path) else "",
        allow_private=bool(given["allow_private"]),
        on_refusal=OnRefusal(str(given["on_refusal"])),
        enterprise=int(str(given["enterprise"])),
    )


def _secrets(authorization: bool, sign: bool, given: dict[str, object]) -> dict[str, str]:
    found = {}
    if authorization:
        found[AUTHORIZATION] = str(click.prompt("Authorization header", hide_input=True))
    if sign:
        found[SIGNING] = new_signing_secret()
    for name, field in ((CERTIFICATE, "certificate"), (KEY, "key")):
        path = given[field]
        if isinstance(path, Path):
            found[name] = path.read_text()
    return found
