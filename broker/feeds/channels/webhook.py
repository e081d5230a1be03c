"""A batch as one signed POST (Standard Webhooks 1.0): any 2xx is a receipt for all of it."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from hashlib import sha256

from broker.clock import Clock
from broker.feeds.acceptable import AUTHORIZATION, SIGNING
from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.channels.over_https import Reply, post, told
from broker.feeds.feed import Feed, Secrets
from broker.feeds.formats.about import Teller
from broker.feeds.formats.choose import as_values
from broker.feeds.signing_secret import signing_bytes

MOST = 100
TYPE = "ledger.entries"


def send(feed: Feed, secrets: Secrets, teller: Teller, batch: Batch, clock: Clock) -> Answer:
    body = written(feed, teller, batch)
    reply = post(feed, body, headers_for(feed, secrets, batch, body, clock), clock)
    if not isinstance(reply, Reply):
        return reply
    return Answer(taken=len(batch)) if reply.well else told(reply, len(batch))


def written(feed: Feed, teller: Teller, batch: Batch) -> bytes:
    """``entries`` in the ledger's order. Each has its own id, which it keeps when it is sent again."""
    entries = [value for entry, about in batch for value in as_values(feed.format, entry, about, teller)]
    first, last = batch[0][0], batch[-1][0]
    data = {"format": feed.format, "first": first.seq, "last": last.seq, "entries": entries}
    told = {"type": TYPE, "timestamp": last.at.isoformat(), "issuer": teller.issuer, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_for(feed: Feed, secrets: Secrets, batch: Batch, body: bytes, clock: Clock) -> dict[str, str]:
    """``webhook-id`` names the feed and the entries: the same batch sent again has it again."""
    sent = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "webhook-id": f"{feed.id}.{batch[0][0].seq}-{batch[-1][0].seq}",
        "webhook-timestamp": str(int(clock.wall().timestamp())),
    }
    if secrets.get(SIGNING):
        sent["webhook-signature"] = signature(
            secrets[SIGNING], sent["webhook-id"], sent["webhook-timestamp"], body
        )
    if secrets.get(AUTHORIZATION):
        sent["Authorization"] = secrets[AUTHORIZATION]
    return sent


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 over id, time and body, base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(signing_bytes(secret), signed, sha256).digest()).decode()
