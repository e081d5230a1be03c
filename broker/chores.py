"""Everything that must happen by itself, rung by one clock in threads that end with the process."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from broker.adapters.lease import LeaseSigner
from broker.archive.choose import open_archiving
from broker.backup.create import Source
from broker.backup.schedule import back_up_when_due
from broker.credentials.authorizing.code import forget_codes
from broker.credentials.clients.assertion import forget_used
from broker.credentials.signals.couriers import Couriers
from broker.credentials.tokens.tombstones import forget_tokens
from broker.feeds.couriers import FeedCouriers
from broker.identity.sessions.end_session import close_expired
from broker.identity.signing_in.nobodys_tries import sum_up_nobodys
from broker.identity.single_sign_on.going_out.sso_sessions import forget_hints
from broker.lease_keys import RenewingSigner
from broker.notify.deliver import deliver_due
from broker.notify.smtp import sender_for
from broker.retention.erase import erase_due
from broker.review.oddities.keep import look_for_oddities
from broker.review.queue.assign import release_who_left
from broker.review.queue.overdue import tell_overdue
from broker.revocation.reconcile.due import reconcile_due
from broker.revocation.scheduler import Chore, ring
from broker.revocation.site_events.pull import pull_where_live
from broker.revocation.sweep import sweep
from broker.store.high_water import mark_time
from broker.web.api.frame.kept_answers import forget_old
from broker.web.parts import Parts


def start_chores(parts: Parts) -> BackgroundScheduler:
    """Ring the bell for everything that must happen by itself, in threads that end with the process."""
    return ring(chores_of(parts), parts.clock.wall())


def chores_of(parts: Parts) -> dict[str, tuple[Chore, float]]:
    """What must happen by itself, and every how many seconds."""
    settings, equipment = parts.settings, parts.equipment
    sender, every = sender_for(settings), timedelta(seconds=settings.reconcile_seconds)
    return {
        "sweep": (partial(sweep, equipment), settings.sweep_seconds),
        "signing keys": (parts.signing_keys.ready, 2),
        "lease key": (partial(_renew, equipment.lease_signer), 2),
        # Rung often, because a site has its turn at once where something was just done.
        "reconcile": (partial(reconcile_due, equipment, every), min(3, settings.reconcile_seconds)),
        "site events": (partial(pull_where_live, equipment), min(15, settings.reconcile_seconds)),
        "outbox": (partial(deliver_due, parts.store, sender), 3),
        "nobody's tries": (partial(sum_up_nobodys, parts.store, parts.ledger), 60),
        "signals": (Couriers(parts.signal_desk).ring, 1),
        "feeds": (FeedCouriers(parts.feed_desk).ring, 1),
        "overdue reviews": (partial(tell_overdue, equipment), 20),
        "reviews of who left": (partial(release_who_left, equipment), 20),
        "oddities": (partial(look_for_oddities, equipment, settings.zone, parts.kin_marks), 300),
        "time mark": (partial(mark_time, parts.store), 10),
        "checkpoint": (parts.watch.ring, 30),
        "expired sessions": (partial(close_expired, parts.store), 60),
        "ID tokens": (partial(forget_hints, parts.store), 60),
        "tokens long over": (partial(forget_tokens, parts.store), 600),
        "notes due": (partial(erase_due, equipment), 600),
        "kept answers": (partial(forget_old, parts.store), 600),
        "used codes": (partial(forget_codes, parts.store), 600),
        "used assertions": (partial(forget_used, parts.store), 600),
        "backup": (partial(back_up_when_due, _to_back_up(parts)), 60),
        "archive": (
            open_archiving(settings, parts.store, parts.ledger, parts.checkpoints).round,
            settings.archive_seconds,
        ),
    }


def _to_back_up(parts: Parts) -> Source:
    return Source(parts.settings, parts.store, parts.ledger, parts.checkpoints.key)


def _renew(signer: LeaseSigner) -> None:
    # Another process may have switched to a new key.
    if isinstance(signer, RenewingSigner):
        signer.renew()
