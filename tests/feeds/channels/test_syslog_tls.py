"""Syslog over TLS into a real rsyslog, and into receivers that go away in the middle."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from broker.clock import SettableClock
from broker.errors import Invalid
from broker.feeds.channels import syslog_tls
from broker.feeds.channels.answer import Answer
from broker.feeds.deliver import FeedDesk, attempt, deliver
from broker.feeds.feed import Kind
from broker.feeds.formats.choose import Format
from broker.ledger.entry import Entry
from tests.adapters.tls_site import Authority
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, Teach, head, hostile, now_of, read
from tests.feeds.rsyslog import rsyslog


def test_a_real_rsyslog_has_everything(
    desk: FeedDesk, teach: Teach, authority: Authority, tmp_path: Path
) -> None:
    """rsyslog takes every entry, in order, and reads the same fields that were written."""
    with rsyslog(tmp_path, authority) as server:
        deliver(desk, teach(Kind.SYSLOG, server.target).id)
        lines = server.lines(head(desk))
    assert len(lines) == head(desk)
    for seq, fields in enumerate(lines, 1):
        priority, version, _at, host, app, _event, data, _said = fields
        assert int(priority) // 8 == 13
        assert (version, host, app) == ("1", "broker.clinic.example", "emergency-access-broker")
        assert f'seq="{seq}"' in data


def test_hostile_text_is_one_message(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority, tmp_path: Path
) -> None:
    """Line ends and brackets in a fact make no second message in a real receiver, in any format."""
    with rsyslog(tmp_path, authority) as server:
        for shape in (Format.SYSLOG, Format.CEF, Format.OCSF):
            feed = teach(Kind.SYSLOG, server.target, shape)
            assert attempt(desk, feed, [(hostile(clinic), read(clinic)[0][1])]) == Answer(taken=1)
        lines = server.lines(3)
    assert len(lines) == 3
    assert {fields[5] for fields in lines} == {"grant.push_failed"}


def test_both_show_certificates(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority, tmp_path: Path
) -> None:
    """A receiver that asks for a certificate gets the feed's; without one it lets nobody in, and that is told."""
    both = authority.certificate("broker.clinic.example").read_text()
    key, _, certificate = both.partition("-----BEGIN CERTIFICATE")
    secrets = {"certificate": f"-----BEGIN CERTIFICATE{certificate}", "key": key}
    with rsyslog(tmp_path, authority, mutual=True) as server:
        feed = teach(Kind.SYSLOG, server.target, secrets=secrets)
        assert attempt(desk, feed, read(clinic)[:3]) == Answer(taken=3)
        assert len(server.lines(3)) == 3
        nobody = teach(Kind.SYSLOG, server.target, Format.CEF)
        assert attempt(desk, nobody, read(clinic)[:3]).taken == 0
        # Nothing tells of a line that will not come.
        time.sleep(0.3)
        assert len(server.lines(3)) == 3


def test_killed_and_started_again(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority, tmp_path: Path
) -> None:
    """While the receiver is away nothing is lost; back again it gets what it lacks, once."""
    with rsyslog(tmp_path, authority) as server:
        feed = teach(Kind.SYSLOG, server.target)
        deliver(desk, feed.id)
        first = head(desk)
        assert len(server.lines(first)) == first
    with desk.store.write() as tx:
        desk.ledger.append(tx, Entry("person.signed_in", "person_1"))
    deliver(desk, feed.id)
    assert (now_of(desk, feed).delivered_seq, now_of(desk, feed).fault) == (first, "It cannot be reached.")
    clinic.clock.advance(minutes=20)
    with rsyslog(tmp_path, authority, port=server.port) as server:
        deliver(desk, feed.id)
        lines = server.lines(head(desk))
    assert [f'seq="{seq}"' in fields[6] for seq, fields in enumerate(lines, 1)] == [True] * head(desk)


Serve = Callable[[ssl.SSLSocket], None]


@contextmanager
def listening(authority: Authority, serve: Serve) -> Iterator[str]:
    """A receiver that does with its one connection what ``serve`` says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate("localhost"))
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            plain, _ = door.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    serve(connection)
            except OSError:
                pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"tls://localhost:{door.getsockname()[1]}"
        thread.join(5)


def taking(connection: ssl.SSLSocket) -> None:
    everything(connection)


def everything(connection: ssl.SSLSocket) -> bytes:
    found = bytearray()
    while chunk := connection.recv(65536):
        found += chunk
    return bytes(found)


def test_frames_follow_the_standard(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority
) -> None:
    """Each message is its length in octets, a blank and itself, with nothing between them."""
    taken: list[bytes] = []
    with listening(authority, lambda each: taken.append(everything(each))) as target:
        assert attempt(desk, teach(Kind.SYSLOG, target), read(clinic)[:5]) == Answer(taken=5)
    left, messages = taken[0], []
    while left:
        length, _, left = left.partition(b" ")
        messages.append(left[: int(length)])
        left = left[int(length) :]
    assert len(messages) == 5
    assert all(each.startswith(b"<") for each in messages)


def test_closed_without_farewell_but_read(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority
) -> None:
    """A receiver that reads everything and closes without TLS's farewell, as some do, has it."""

    def serve(connection: ssl.SSLSocket) -> None:
        everything(connection)
        socket.socket(fileno=connection.detach()).close()

    with listening(authority, serve) as target:
        assert attempt(desk, teach(Kind.SYSLOG, target), read(clinic)[:5]) == Answer(taken=5)


def test_gone_before_it_read_everything(
    clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority
) -> None:
    """A receiver that closes with octets unread has nothing for certain: the whole batch is sent again."""

    def serve(connection: ssl.SSLSocket) -> None:
        connection.recv(10)
        socket.socket(fileno=connection.detach()).close()

    with listening(authority, serve) as target:
        answer = attempt(desk, teach(Kind.SYSLOG, target), read(clinic) * 200)
    assert answer.taken == 0
    assert answer.fault


def test_cut_off_by_force(clinic: Clinic, desk: FeedDesk, teach: Teach, authority: Authority) -> None:
    """A receiver whose machine resets the connection has nothing for certain."""

    def serve(connection: ssl.SSLSocket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.recv(10)
        socket.socket(fileno=connection.detach()).close()

    with listening(authority, serve) as target:
        assert attempt(desk, teach(Kind.SYSLOG, target), read(clinic)).taken == 0


def test_one_that_never_ends_is_not_waited_for(clinic: Clinic, teach: Teach, authority: Authority) -> None:
    """A receiver that keeps its side open costs a bounded time and has nothing for certain."""
    held = threading.Event()

    def serve(connection: ssl.SSLSocket) -> None:
        everything(connection)
        held.wait(5)

    with listening(authority, serve) as target:
        feed, batch = teach(Kind.SYSLOG, target), read(clinic)[:2]
        answer = syslog_tls.send(feed, {}, TELLER, batch, clinic.clock, patience=0.5)
        held.set()
    assert answer == Answer(fault="It did not take everything in time.")


class Hurrying(SettableClock):
    """Another twenty seconds have gone by whenever somebody looks."""

    def now(self) -> datetime:
        return self.advance(seconds=20)

    def advance(self, **delta: float) -> datetime:
        self._wall += timedelta(**delta)
        return super().now()


def test_one_that_drips_is_not_listened_to(clinic: Clinic, teach: Teach, authority: Authority) -> None:
    """A receiver that says a little now and then, for ever, costs a minute and has nothing for certain."""

    def serve(connection: ssl.SSLSocket) -> None:
        everything(connection)
        with socket.socket(fileno=connection.detach()) as plain:
            while True:
                plain.sendall(b"x")
                time.sleep(0.01)

    hurrying = Hurrying(clinic.clock.now())
    with listening(authority, serve) as target:
        feed = teach(Kind.SYSLOG, target)
        answer = syslog_tls.send(feed, {}, TELLER, read(clinic)[:2], hurrying)
    assert answer.taken == 0
    assert answer.fault


def test_no_tls_no_messages(clinic: Clinic, desk: FeedDesk, teach: Teach) -> None:
    """A receiver that speaks no TLS sees nothing of the ledger."""
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            plain, _ = door.accept()
            with plain:
                seen.append(plain.recv(65536))
                plain.sendall(b"220 hello\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        feed = teach(Kind.SYSLOG, f"tls://localhost:{door.getsockname()[1]}")
        assert attempt(desk, feed, read(clinic)[:1]) == Answer(fault="It does not speak TLS as we do.")
        thread.join(5)
    assert b"broker" not in seen[0]


def test_another_name_or_authority(
    clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A certificate of another authority than the one named is not believed."""
    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    with listening(stranger, taking) as target:
        answer = attempt(desk, teach(Kind.SYSLOG, target), read(clinic)[:1])
    assert answer.fault.startswith("Its certificate is not believed")


@pytest.mark.parametrize(
    "target", ["tcp://x:1", "tls://", "tls://u@h:1", "tls://h:99999", "tls://h/p", "h:6514", "tls://h\n:1"]
)
def test_an_address_that_cannot_be_called(teach: Teach, target: str) -> None:
    """Found out when it is typed in."""
    with pytest.raises(Invalid):
        teach(Kind.SYSLOG, target)


def pem(private: EllipticCurvePrivateKey, *, locked: bool = False) -> str:
    lock = BestAvailableEncryption(b"hush") if locked else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()


@pytest.mark.parametrize("wrong", ["no key", "no certificate", "another key", "locked", "nonsense"])
def test_certificate_and_key_go_together(teach: Teach, authority: Authority, wrong: str) -> None:
    """Told when they are typed in, and nobody is asked for a passphrase later."""
    certificate, key = authority.file.read_text(), pem(authority.key)
    secrets = {
        "no key": {"certificate": certificate},
        "no certificate": {"key": key},
        "another key": {"certificate": certificate, "key": pem(generate_private_key(SECP256R1()))},
        "locked": {"certificate": certificate, "key": pem(authority.key, locked=True)},
        "nonsense": {"certificate": "-----BEGIN CERTIFICATE-----", "key": "x"},
    }[wrong]
    with pytest.raises(Invalid) as error:
        teach(Kind.SYSLOG, "tls://localhost:6514", secrets=secrets)
    assert list(error.value.faults) == ["key"]
