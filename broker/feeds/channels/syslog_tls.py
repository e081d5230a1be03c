"""A batch as syslog messages on one TLS connection (RFC 5425).

Syslog has no receipts. What comes next to one: the broker closes its side and waits until the receiver has closed
its own. A receiver that closes before it has read everything makes its kernel say so (a reset), and then nothing
of the batch counts as taken. So each batch has a connection of its own.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from broker.adapters.reach import Address, check_reachable
from broker.clock import Clock
from broker.errors import SiteError
from broker.feeds.acceptable import CERTIFICATE, KEY, host_and_port
from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.channels.farewell import CUT_OFF, check_time, close_and_wait
from broker.feeds.feed import Feed, Secrets
from broker.feeds.formats.about import About, Teller
from broker.feeds.formats.choose import Format, as_lines
from broker.feeds.formats.syslog import framed, syslog_message
from broker.ledger.entry import Recorded

MOST = 200
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0
_MOST_ADDRESSES = 4
# Less than a feed's claim, however slowly a receiver reads or talks.
LONGEST = timedelta(minutes=1)
_AT_ONCE = 16 * 1024


def send(
    feed: Feed,
    secrets: Secrets,
    teller: Teller,
    batch: Batch,
    clock: Clock,
    *,
    patience: float = ANSWER_SECONDS,
) -> Answer:
    """Each step of the connection may take ``patience`` seconds, and all of them LONGEST."""
    octets = b"".join(framed(each) for entry, about in batch for each in messages(feed, teller, entry, about))
    try:
        with _connected(feed, secrets) as connection:
            connection.settimeout(patience)
            ends = clock.now() + LONGEST
            for begins in range(0, len(octets), _AT_ONCE):
                check_time(clock, ends)
                connection.sendall(octets[begins : begins + _AT_ONCE])
            close_and_wait(connection, clock, ends)
    except SiteError as error:
        return Answer(fault=str(error).replace("The site's", "The receiver's"))
    except ssl.SSLCertVerificationError as error:
        return Answer(fault=f"Its certificate is not believed: {error.verify_message}.")
    except (ConnectionResetError, BrokenPipeError):
        return Answer(fault=CUT_OFF)
    except TimeoutError:
        return Answer(fault="It did not take everything in time.")
    except OSError as error:
        told = isinstance(error, ssl.SSLError)
        return Answer(fault="It does not speak TLS as we do." if told else "It cannot be reached.")
    return Answer(taken=len(batch))


def messages(feed: Feed, teller: Teller, entry: Recorded, about: About) -> list[str]:
    number = feed.terms.enterprise
    if feed.format is Format.SYSLOG:
        return [syslog_message(entry, about, teller=teller, enterprise=number)]
    return [
        syslog_message(entry, about, teller=teller, body=line, enterprise=number)
        for line in as_lines(feed.format, entry, about, teller)
    ]


@contextmanager
def _connected(feed: Feed, secrets: Secrets) -> Iterator[ssl.SSLSocket]:
    host, port = host_and_port(feed.target)
    written = f"[{host}]" if ":" in host else host
    addresses = check_reachable(f"https://{written}:{port}", allow_private=feed.terms.allow_private)
    context = _context(feed.terms.believe, secrets)
    with (
        _open(addresses[:_MOST_ADDRESSES], port) as plain,
        context.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=True) as connection,
    ):
        yield connection


def _open(addresses: list[Address], port: int) -> socket.socket:
    *first, last = (str(each) for each in addresses)
    for address in first:
        try:
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError:
            continue
    return socket.create_connection((last, port), CONNECT_SECONDS)


def _context(believe: str, secrets: Secrets) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=believe or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if CERTIFICATE in secrets:
        # The library takes them from a file alone; it is gone before anything is sent.
        with tempfile.TemporaryDirectory(prefix="feed-") as folder:
            both = Path(folder) / "client.pem"
            both.write_text(f"{secrets[CERTIFICATE]}\n{secrets[KEY]}\n")
            context.load_cert_chain(both)
    return context
