"""A batch as syslog messages on one TLS connection (RFC 5425).

Syslog has no receipts. What comes next to one: the broker closes its side and waits until the receiver has closed
its own. A receiver that closes before it has read everything makes its kernel say so (a reset), and then nothing
of the batch counts as taken. So each batch has a connection of its own.
"""

from __future__ import annotations

import fcntl
import socket
import ssl
import struct
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

from broker.adapters.reach import Address, check_reachable
from broker.clock import Clock
from broker.errors import SiteError
from broker.feeds.acceptable import CERTIFICATE, KEY, host_and_port
from broker.feeds.channels.answer import Answer, Batch
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
_LOOKS_EVERY = 0.02
_CUT_OFF = "It closed the connection before it had read everything."


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
                _check_time(clock, ends)
                connection.sendall(octets[begins : begins + _AT_ONCE])
            _close_and_wait(connection, clock, ends)
    except SiteError as error:
        return Answer(fault=str(error).replace("The site's", "The receiver's"))
    except ssl.SSLCertVerificationError as error:
        return Answer(fault=f"Its certificate is not believed: {error.verify_message}.")
    except (ConnectionResetError, BrokenPipeError):
        return Answer(fault=_CUT_OFF)
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


def _check_time(clock: Clock, ends: datetime) -> None:
    if clock.now() > ends:
        raise TimeoutError(_CUT_OFF)


def _close_and_wait(connection: ssl.SSLSocket, clock: Clock, ends: datetime) -> None:
    """Raises unless the receiver ended the connection having read all of it."""
    try:
        plain: socket.socket = connection.unwrap()
    except ssl.SSLEOFError:
        # It left without TLS's word of farewell, as some do; whether it had read everything shows below.
        plain = connection
    except ssl.SSLError as error:
        raise ConnectionResetError(_CUT_OFF) from error
    plain.shutdown(socket.SHUT_WR)
    # A receiver has nothing to say; one that goes on talking is not waited for.
    while plain.recv(4096):
        _check_time(clock, ends)
    _check_all_arrived(plain)


def _check_all_arrived(plain: socket.socket) -> None:
    # A receiver that had gone before it got the last octets answers them with a reset, a moment later.
    for _ in range(int((plain.gettimeout() or ANSWER_SECONDS) / _LOOKS_EVERY)):
        if fault := plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise ConnectionResetError(fault, _CUT_OFF)
        if not _unacknowledged(plain):
            return
        sleep(_LOOKS_EVERY)
    raise TimeoutError(_CUT_OFF)


def _unacknowledged(plain: socket.socket) -> int:
    """How many octets the receiver's machine has not confirmed."""
    left = fcntl.ioctl(plain.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", left)[0])
