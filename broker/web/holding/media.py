"""Streams a sealed recording in ranges, asking before every chunk whether it may still be played."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import Response, request

from broker.credentials.links.still_watching import Watch
from broker.credentials.links.viewings import Viewing
from broker.errors import NotFound, Unavailable
from broker.identity.sessions.sessions import look_up, touch, touch_is_due
from broker.store import Store
from broker.vault.guarded_stream import GuardedStream
from broker.vault.objects import find_object
from broker.web.frame.guard import session_token
from broker.web.parts import parts


def send_media(viewing: Viewing, cookie: str) -> Response:
    """200, 206, 304 or 416 as the request asks for; the stream breaks off as soon as access ends."""
    with parts().store.read() as reader:
        item = find_object(reader, viewing.holding_id)
    if item is None:
        raise NotFound("There is nothing stored under that id.")
    still_allowed = question(parts().store, cookie, session_token())
    stream = GuardedStream(parts().shelf.open(item), still_allowed)
    response = Response(stream, mimetype=item.media_type, direct_passthrough=True)
    response.call_on_close(stream.close)
    response.content_length = item.size
    response.set_etag(item.etag)
    response.headers["Content-Disposition"] = "inline"
    # nginx would read ahead, and a recording would play on after its end.
    response.headers["X-Accel-Buffering"] = "no"
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=item.size)
    except BaseException:
        stream.close()  # a range beyond the end is answered without ever opening a chunk
        raise
    return response


def question(store: Store, cookie: str, token: str) -> Callable[[], bool]:
    """Whether the viewing may go on; asked outside the request's context too, while the answer is being sent."""
    watch = Watch.of(store, cookie_value=cookie, session_token=token)

    def still_allowed() -> bool:
        last_seen = watch.last_seen()
        if last_seen is not None and touch_is_due(last_seen, store.clock.now()):
            _touch(store, token)
        return last_seen is not None

    return still_allowed


def _touch(store: Store, token: str) -> None:
    # Whoever listens for an hour is not idle; but listening goes on while nothing can be written.
    with suppress(Unavailable), store.write() as tx:
        session = look_up(tx, token)
        if session is not None:
            touch(tx, session)
