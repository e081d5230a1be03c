"""``make demo-wordpress``: the demo with a real WordPress beside it, connected and ready to click through."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from broker.adapters.pairing import pairing_text
from broker.cli.demo import as_demo, seeded
from broker.cli.installation import Installation
from broker.cli.serve import run_server
from broker.demo import DOMAIN, PATIENT, RESTRICTED_PATIENT, kept_password, set_passwords
from broker.errors import BrokerError, NotFound
from broker.identity.people import by_email
from broker.settings import Settings
from broker.sites.register import Site, add_site, get_site, link_account
from broker.web.parts import Parts
from tests.live.wordpress_site import WordPressSite, missing_packages

SITE_ID, ACCOUNT, ACTOR = "clinic", "clinician", "demo"
NOTES = {
    "Allergies": PATIENT,
    "Video visit, follow-up": PATIENT,
    "Restricted counselling note": RESTRICTED_PATIENT,
}
WELCOME = """\
  DEMO MODE, with a WordPress beside it. Never put a real person or patient into it.
  Broker      {broker}
  Sign in     clinician@{domain}, approver@{domain}, reviewer@{domain}, admin@{domain}
  WordPress   {wordpress}/wp-login.php
  Sign in     {account} (no rights of their own), site-admin (the site's administrator)
  Password    {password} (everywhere)
  Code        {program} demo code clinician@{domain}

  As clinician@ ask for the role on the clinic's WordPress site, patient {patient}. As approver@, in another
  browser, approve: the mail with the link stands in the Outbox. Then the clinician's page leads to the notes."""


def main() -> None:
    if missing := missing_packages():
        raise SystemExit("This demo needs Debian's packages: " + ", ".join(missing))
    settings = as_demo(Installation().settings)
    password = kept_password(
        settings.state_dir / "demo-password",
        settings.demo_password.get_secret_value() if settings.demo_password else None,
    )
    parts = seeded(settings, password)
    set_passwords(parts, password)
    port = int(os.environ.get("BROKER_WORDPRESS_PORT", "8081"))
    site = WordPressSite(settings.state_dir / "wordpress", port=port)
    try:
        site.start()
        _connect(parts, site.url)
        _furnish(site, parts, password)
        parts.store.engine.dispose()
        run_server(settings, lambda ready: click.echo(_welcome(ready, site.url, password)))
    finally:
        site.stop()


def _connect(parts: Parts, url: str) -> None:
    """What ``broker site add`` and ``broker site link-account`` do, once."""
    with parts.store.write() as tx:
        try:
            known = get_site(tx, SITE_ID)
        except NotFound:
            new = Site(SITE_ID, "wordpress", "Demo clinic", url, allow_private=True, added_at=tx.at)
            known = add_site(tx, parts.ledger, new, actor=ACTOR)
            person = by_email(tx, f"clinician@{DOMAIN}")
            if person is not None:
                link_account(tx, parts.ledger, SITE_ID, person.id, ACCOUNT, actor=ACTOR)
    if known.base_url != url:
        raise SystemExit(
            f"The clinic's site is known at {known.base_url}: set BROKER_WORDPRESS_PORT to that port."
        )


def _furnish(site: WordPressSite, parts: Parts, password: str) -> None:
    signer = parts.equipment.lease_signer
    site.install_companion(pairing_text(SITE_ID, signer.issuer, [signer.public_jwk]))
    site.create_user(ACCOUNT, role="subscriber", password=password)
    site.create_user("site-admin", role="administrator", password=password)
    # The editor's tour would stand before the note.
    site.run_php(
        f"update_user_meta(get_user_by('login', '{ACCOUNT}')->ID, 'wp_persisted_preferences',"
        "array('core/edit-post' => array('welcomeGuide' => false), '_modified' => gmdate('c')));"
    )
    if site.sql("SELECT COUNT(*) FROM wp_posts WHERE post_type = 'telehealth_note'").strip() == "0":
        for title, patient in NOTES.items():
            site.create_post(title, patient=patient, content=f"Synthetic text: {title.lower()}.")


def _welcome(settings: Settings, wordpress: str, password: str) -> str:
    return WELCOME.format(
        broker=settings.base_url,
        wordpress=wordpress,
        domain=DOMAIN,
        account=ACCOUNT,
        password=password,
        patient=PATIENT,
        program=os.path.relpath(Path(sys.executable).with_name("broker")),
    )


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"{error}. Another port for WordPress: BROKER_WORDPRESS_PORT")
    except BrokerError as error:
        sys.exit(f"{error}\n{error.help}")
