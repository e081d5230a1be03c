"""Takes the port before anything is promised about it."""

from __future__ import annotations

import socket

from broker.errors import ConfigurationError


def claim_port(host: str, port: int) -> socket.socket:
    """A socket bound to ``port`` (0: any free one) that does not listen yet. ConfigurationError when it is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        claimed = socket.socket(family, kind, protocol)
        # Connections of a broker that was just stopped may linger; they do not hold the port.
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claimed.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} of {host} cannot be used: {error.strerror}.",
            help="Stop what uses it, or choose another port with BROKER_PORT.",
        ) from error
    return claimed
