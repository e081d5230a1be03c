"""Streams a sealed recording in ranges, asking before every chunk whether it may still be played."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from broker.credentials.viewings import Viewing
from broker.errors import NotFound, Unavailable
from broker.identity.sessions import look_up, touch, touch_is_due
from broker.vault.guarded_stream import GuardedStream
from broker.vault.objects import find_object
from broker.web.guard import session_token
from broker.web.parts import Parts, parts
from broker.web.viewing import gives_access


def send_media(viewing: Viewing, cookie: str) -> Response:
    """200, 206, 304 or 416 as the request asks for; the stream breaks off as soon as access ends."""
    with parts().store.read() as reader:
        item = find_object(reader, viewing.holding_id)
    if item is None:
        raise NotFound("There is nothing stored under that id.")
    still_allowed = _question(parts(), viewing, cookie, session_token())
    stream = GuardedStream(parts().shelf.open(item), still_allowed)
    response = Response(stream, mimetype=item.media_type, direct_passthrough=True)
    response.call_on_close(stream.close)
    response.content_length = item.size
    response.set_etag(item.etag)
    response.headers["Content-Disposition"] = "inline"
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=item.size)
    except BaseException:
        stream.close()  # a range beyond the end is answered without ever opening a chunk
        raise
    return response


def _question(wired: Parts, viewing: Viewing, cookie: str, token: str) -> Callable[[], bool]:
    """Asked outside the request's context too, while the answer is being sent."""

    def still_allowed() -> bool:
        with wired.store.read() as reader:
            session = look_up(reader, token)
            if session is None or session.person.id != viewing.person_id or session.mfa_at is None:
                return False
            allowed, due = gives_access(reader, cookie, viewing), touch_is_due(session, reader.at)
        if allowed and due:
            try:
                with wired.store.write() as tx:
                    touch(tx, session)  # whoever listens for an hour is not idle
            except Unavailable:
                pass
        return allowed

    return still_allowed
