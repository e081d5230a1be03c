"""Software that is told when access ends, and what it was not told yet."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.credentials.signals.outcome import send_again
from broker.credentials.signals.read import told, undelivered
from broker.credentials.signals.receivers import get_receiver
from broker.credentials.signals.verification import verify_stream
from broker.identity.people import Role
from broker.web.frame.guard import me, signed_in
from broker.web.parts import parts

pages = Blueprint("receivers", __name__)


@pages.get("/receivers")
@signed_in(Role.ADMIN)
def overview() -> str:
    return _page()


@pages.post("/receivers/<receiver_id>/test")
@signed_in(Role.ADMIN)
def test(receiver_id: str) -> str:
    """Asks over the network, so only a button starts it; nothing is written."""
    with parts().store.read() as reader:
        found = get_receiver(reader, receiver_id)
    answer = verify_stream(parts().signal_desk, found)
    if answer.taken:
        return _page(f"{found.name} took a verification event.")
    return _page(f"{found.name} did not take a verification event. {answer.fault}")


@pages.post("/receivers/<receiver_id>/again")
@signed_in(Role.ADMIN)
def again(receiver_id: str) -> str:
    with parts().store.write() as tx:
        found = get_receiver(tx, receiver_id)
        count = send_again(tx, parts().ledger, found, actor=me().id)
    return _page(f"{count} {'event goes' if count == 1 else 'events go'} out to {found.name} again.")


@pages.get("/receivers/<receiver_id>/test")
@pages.get("/receivers/<receiver_id>/again")
@signed_in(Role.ADMIN)
def back(receiver_id: str) -> Response:  # noqa: ARG001 - the address names one, the page shows all of them
    """Whoever had to sign in again comes back to the list, and nothing is done for them."""
    return make_response(redirect(url_for("receivers.overview"), 303))


def _page(note: str = "") -> str:
    with parts().store.read() as reader:
        found, missing = told(reader), undelivered(reader)
    return render_template(
        "pages/receivers/overview.html", found=found, missing=missing, note=note, wide=True
    )
