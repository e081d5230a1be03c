"""The cookie that holds a viewing, and whether it still gives access."""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for
from werkzeug.exceptions import Gone

from broker.access.grant import Grant, get_grant, grant_is_effective
from broker.credentials.links.viewings import OpenedViewing, Viewing, find_viewing, may_view
from broker.identity.people import Person
from broker.store import Reader
from broker.web.parts import parts


def gone() -> Gone:
    """One answer for a link or viewing that was used, has ended, was edited, or is somebody else's."""
    return Gone()


def begin_viewing(opened: OpenedViewing) -> Response:
    """To the viewing, which only this browser can see and only under its own path."""
    address = url_for("watching.show", viewing_id=opened.viewing.link_id)
    response = make_response(redirect(address, 303))
    over_tls = parts().settings.served_over_tls
    # The path keeps viewings apart, which is why the __Host- prefix cannot be had.
    response.set_cookie(
        _name(), opened.cookie_value, path=address, secure=over_tls, httponly=True, samesite="Strict"
    )
    return response


def viewing_of(reader: Reader, viewer: Person, viewing_id: str) -> tuple[Viewing, Grant]:
    """The viewing this browser holds and its grant, ended or not; Gone for everybody else."""
    viewing = find_viewing(reader, cookie_value())
    if viewing is None or (viewing.link_id, viewing.person_id) != (viewing_id, viewer.id):
        raise gone()
    return viewing, get_grant(reader, viewing.grant_id)


def gives_access(reader: Reader, cookie: str, viewing: Viewing) -> bool:
    """Asked at every request and before every chunk."""
    found = may_view(
        reader,
        cookie,
        person_id=viewing.person_id,
        holding_id=viewing.holding_id,
        grant_is_effective=grant_is_effective,
    )
    return found is not None


def cookie_value() -> str:
    return request.cookies.get(_name(), "")


def _name() -> str:
    return "__Secure-viewing" if parts().settings.served_over_tls else "viewing"
