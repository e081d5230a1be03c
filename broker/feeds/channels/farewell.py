"""The end of a connection as a receipt: the receiver closed its side having read everything."""

from __future__ import annotations

import fcntl
import socket
import ssl
import struct
import termios
from datetime import datetime
from time import sleep

from broker.clock import Clock

CUT_OFF = "It closed the connection before it had read everything."
_LOOKS_EVERY = 0.02


def check_time(clock: Clock, ends: datetime) -> None:
    if clock.now() > ends:
        raise TimeoutError(CUT_OFF)


def close_and_wait(connection: ssl.SSLSocket, clock: Clock, ends: datetime) -> None:
    """Raises unless the receiver ended the connection having read all of it."""
    try:
        plain: socket.socket = connection.unwrap()
    except ssl.SSLEOFError:
        # It left without TLS's word of farewell, as some do; whether it had read everything shows below.
        plain = connection
    except ssl.SSLError as error:
        raise ConnectionResetError(CUT_OFF) from error
    plain.shutdown(socket.SHUT_WR)
    # A receiver has nothing to say; one that goes on talking is not waited for.
    while plain.recv(4096):
        check_time(clock, ends)
    _check_all_arrived(plain)


def _check_all_arrived(plain: socket.socket) -> None:
    # A receiver that had gone before it got the last octets answers them with a reset, a moment later.
    for _ in range(int((plain.gettimeout() or 1.0) / _LOOKS_EVERY)):
        if fault := plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise ConnectionResetError(fault, CUT_OFF)
        if not _unacknowledged(plain):
            return
        sleep(_LOOKS_EVERY)
    raise TimeoutError(CUT_OFF)


def _unacknowledged(plain: socket.socket) -> int:
    """How many octets the receiver's machine has not confirmed."""
    left = fcntl.ioctl(plain.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", left)[0])
