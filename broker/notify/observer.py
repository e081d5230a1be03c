"""Watches the ledger and puts a message for everybody concerned into the outbox, in the same commit."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from broker.assets import asset_folder
from broker.clock import new_id
from broker.ledger.entry import Recorded
from broker.notify.account_notice import ACCOUNT_NOTICES, page_for, what_changed, who_is_concerned
from broker.notify.ledger_notice import LEDGER_NOTICES, what_befell_it, who_watches_over_it
from broker.notify.receiver_notice import RECEIVER_NOTICES, what_was_not_told
from broker.notify.render import LetterTemplates
from broker.notify.scene import read_scene
from broker.notify.site_notice import SITE_NOTICES, is_told, what_happened, who_runs_sites
from broker.notify.tables import outbox
from broker.notify.what_is_said import Words, link_for, what_is_said
from broker.notify.who_is_told import RULES, Told, who_is_told
from broker.policy.catalog import Catalog
from broker.store import Transaction

CHANNEL: Final = "mail"
# Part of giving access: when people cannot be told, it is not given.
# Everything else, the end of access above all, must not stop because a mail could not be written.
NO_ACCESS_WITHOUT: Final = frozenset(
    {
        "request.asked",
        "request.broke_glass",
        "request.approved",
        "review.opened",
        "review.block_overridden",
    }
)

_TOLD: Final = (RULES, SITE_NOTICES, ACCOUNT_NOTICES, RECEIVER_NOTICES, LEDGER_NOTICES)

log = structlog.get_logger("broker.notify")


class MailQueue:
    """An observer of the ledger (see ``broker.ledger.chain``). ``base_url`` has no slash at its end."""

    def __init__(
        self, catalog: Catalog, base_url: str, zone: tzinfo = UTC, templates: LetterTemplates | None = None
    ) -> None:
        self._catalog = catalog
        self._base_url = base_url
        self._zone = zone
        self._templates = templates or LetterTemplates(asset_folder("templates") / "emails")

    def __call__(self, tx: Transaction, recorded: Recorded) -> None:
        event = recorded.entry.event
        if not any(event in told for told in _TOLD):
            return
        try:
            rows = self._rows(tx, recorded)
        except SQLAlchemyError:
            raise  # the transaction itself is broken, not the mail
        except Exception:
            if event in NO_ACCESS_WITHOUT:
                raise
            log.exception("mail_not_written", mail_event=event, seq=recorded.seq)
            return
        if rows:
            tx.execute(outbox.insert(), rows)

    def _rows(self, tx: Transaction, recorded: Recorded) -> list[dict[str, Any]]:
        if recorded.entry.event in SITE_NOTICES:
            return self._site_rows(tx, recorded)
        if recorded.entry.event in LEDGER_NOTICES:
            words, link = what_befell_it(recorded, self._zone), f"{self._base_url}/ledger"
            return [self._row(recorded, told, words, link) for told in who_watches_over_it(tx)]
        if recorded.entry.event in RECEIVER_NOTICES:
            page = RECEIVER_NOTICES[recorded.entry.event]
            words, link = what_was_not_told(recorded, self._zone), f"{self._base_url}{page}"
            return [self._row(recorded, told, words, link) for told in who_runs_sites(tx)]
        if recorded.entry.event in ACCOUNT_NOTICES:
            return self._account_rows(tx, recorded)
        scene = read_scene(tx, recorded)
        everybody = who_is_told(tx, self._catalog, scene)
        if not everybody:
            return []
        words = what_is_said(tx, self._catalog, scene, self._zone)
        return [self._row(recorded, told, words, link_for(self._base_url, scene, told)) for told in everybody]

    def _site_rows(self, tx: Transaction, recorded: Recorded) -> list[dict[str, Any]]:
        if not is_told(recorded):
            return []
        words = what_happened(tx, recorded, self._zone)
        link = f"{self._base_url}/sites"
        return [self._row(recorded, told, words, link) for told in who_runs_sites(tx)]

    def _account_rows(self, tx: Transaction, recorded: Recorded) -> list[dict[str, Any]]:
        words = what_changed(tx, recorded, self._zone)
        return [
            self._row(recorded, told, words, page_for(self._base_url, recorded, told))
            for told in who_is_concerned(tx, recorded)
        ]

    def _row(self, recorded: Recorded, told: Told, words: Words, link: str) -> dict[str, Any]:
        event, at = recorded.entry.event, recorded.at
        letter = self._templates.write(
            ACCOUNT_NOTICES.get(event, event), {**words, "link": link, "standing": told.standing}
        )
        return {
            "id": new_id("mail"),
            "event": event,
            "ledger_seq": recorded.seq,
            "recipient_id": told.person.id,
            "address": told.person.email,
            "channel": CHANNEL,
            "subject": letter.subject,
            "body_text": letter.text,
            "body_html": letter.html,
            "created_at": at,
            "next_try_at": at,
            "tries": 0,
        }
