"""Hands a batch to the channel its feed is told by."""

from __future__ import annotations

from collections.abc import Mapping

from broker.clock import Clock
from broker.feeds.channels import fhir_server, syslog_tls, to_file, webhook
from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.feed import Feed, Kind, Secrets
from broker.feeds.formats.about import Teller

MOST: Mapping[Kind, int] = {
    Kind.SYSLOG: syslog_tls.MOST,
    Kind.WEBHOOK: webhook.MOST,
    Kind.FHIR: fhir_server.MOST,
    Kind.FILE: to_file.MOST,
}


def send(feed: Feed, secrets: Secrets, teller: Teller, batch: Batch, clock: Clock) -> Answer:
    """Send ``batch``, which is not empty. Never raises over what a receiver does; call it outside a transaction."""
    match feed.kind:
        case Kind.SYSLOG:
            return syslog_tls.send(feed, secrets, teller, batch, clock)
        case Kind.WEBHOOK:
            return webhook.send(feed, secrets, teller, batch, clock)
        case Kind.FHIR:
            return fhir_server.send(feed, secrets, teller, batch, clock)
        case Kind.FILE:
            return to_file.send(feed, teller, batch)
