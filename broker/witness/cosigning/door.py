"""The witness's HTTP: one call that vouches, one that shows what was vouched for, and who it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from broker.errors import BrokerError, NotFound
from broker.witness.cosigning.judge import Refusal, Why
from broker.witness.cosigning.vouch import Witness

MAX_BODY: Final = 64 * 1024
# A caller that sends its body drop by drop must not hold a thread.
BODY_PATIENCE_S: Final = 3
SIZE_TYPE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"
_ADD, _SHOW = "/add-checkpoint", "/checkpoint/"

_STATUS: Final = {
    Why.MALFORMED: "400 Bad Request",
    Why.UNKNOWN_LEDGER: "404 Not Found",
    Why.NOT_SIGNED: "403 Forbidden",
    Why.OTHER_SIZE: "409 Conflict",
    Why.FORKED: "409 Conflict",
    Why.NOT_PROVEN: "422 Unprocessable Entity",
}

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

log = structlog.get_logger("broker.witness")


@dataclass(frozen=True)
class Answer:
    status: str
    text: str
    kind: str = _TEXT
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Door:
    """A WSGI application."""

    witness: Witness
    calls_a_minute: int
    _counted: FixedWindowRateLimiter = field(
        default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()), compare=False
    )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        body = answer.text.encode()
        start_response(
            answer.status,
            [
                ("Content-Type", answer.kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                *answer.more,
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: Environ) -> Answer:
        if not self._counted.hit(
            RateLimitItemPerMinute(self.calls_a_minute), str(environ.get("REMOTE_ADDR", ""))
        ):
            return Answer("429 Too Many Requests", "Too many calls.\n", more=(("Retry-After", "60"),))
        try:
            return self._route(environ, str(environ.get("PATH_INFO", "")))
        except NotFound as error:
            return Answer("404 Not Found", f"{error}\n")
        except BrokerError as error:
            log.exception("witness_unable")
            return Answer("500 Internal Server Error", f"{error}\n")
        except OSError:
            log.exception("witness_unable")
            return Answer("500 Internal Server Error", "This witness cannot use its folder.\n")

    def _route(self, environ: Environ, path: str) -> Answer:
        adds = path == _ADD
        if environ["REQUEST_METHOD"] not in ({"POST"} if adds else {"GET", "HEAD"}):
            allowed = (("Allow", "POST" if adds else "GET, HEAD"),)
            return Answer("405 Method Not Allowed", "Not by this method.\n", more=allowed)
        if adds:
            return self._add(environ)
        if path.startswith(_SHOW):
            return self._show(path.removeprefix(_SHOW))
        if path == "/":
            return Answer("200 OK", f"{self.witness.key.public.vkey}\n")
        return Answer("404 Not Found", "Nothing is here.\n")

    def _add(self, environ: Environ) -> Answer:
        body = _body(environ)
        if isinstance(body, Answer):
            return body
        said = self.witness.add_checkpoint(body)
        if not isinstance(said, Refusal):
            return Answer("200 OK", said)
        if said.is_kept:
            log.error("checkpoint_refused", why=str(said.why))
        if said.seen is not None:
            return Answer(_STATUS[said.why], f"{said.seen}\n", SIZE_TYPE)
        return Answer(_STATUS[said.why], f"{said.words}\n")

    def _show(self, digest: str) -> Answer:
        note = self.witness.memory.by_digest(digest).last
        if note is None:
            return Answer("404 Not Found", "Nothing was vouched for yet.\n")
        return Answer("200 OK", note)


def _body(environ: Environ) -> bytes | Answer:
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        length = -1
    if length < 0:
        return Answer("411 Length Required", "The length of the body must be said.\n")
    if length > MAX_BODY:
        return Answer("413 Content Too Large", f"At most {MAX_BODY} bytes are read.\n")
    if (connection := environ.get("gunicorn.socket")) is not None:
        connection.settimeout(BODY_PATIENCE_S)
    body: bytes = environ["wsgi.input"].read(length)
    return body
