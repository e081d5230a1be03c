"""Other systems that are told every step of the ledger, how far behind they are, and what they refuse."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.errors import Conflict
from broker.feeds.read import gaps, standings
from broker.feeds.register import get_feed
from broker.feeds.steer import pause_feed, resume_feed, skip_refused
from broker.feeds.try_out import try_out
from broker.identity.people import Role
from broker.web.frame.guard import me, signed_in
from broker.web.parts import parts

pages = Blueprint("feeds", __name__)


@pages.get("/feeds")
@signed_in(Role.ADMIN)
def overview() -> str:
    return _page()


@pages.post("/feeds/<feed_id>/test")
@signed_in(Role.ADMIN)
def test(feed_id: str) -> str:
    """Asks over the network, so only a button starts it."""
    with parts().store.read() as reader:
        found = get_feed(reader, feed_id)
    answer = try_out(parts().feed_desk, found, actor=me().id)
    if answer.taken:
        return _page(f"{found.name} took a test entry.")
    return _page(f"{found.name} did not take a test entry. {answer.fault}")


@pages.post("/feeds/<feed_id>/pause")
@signed_in(Role.ADMIN)
def pause(feed_id: str) -> str:
    with parts().store.write() as tx:
        found = get_feed(tx, feed_id)
        if found.paused_at is None:
            pause_feed(tx, parts().ledger, found, actor=me().id)
    return _page(f"{found.name} is told nothing until you let it go on. Nothing is lost meanwhile.")


@pages.post("/feeds/<feed_id>/resume")
@signed_in(Role.ADMIN)
def resume(feed_id: str) -> str:
    with parts().store.write() as tx:
        found = get_feed(tx, feed_id)
        resume_feed(tx, parts().ledger, found, actor=me().id)
    return _page(f"{found.name} goes on now.")


@pages.post("/feeds/<feed_id>/skip/<int:seq>")
@signed_in(Role.ADMIN)
def skip(feed_id: str, seq: int) -> str:
    """The entry is named, so that a page left open leaves out no other than it showed."""
    try:
        with parts().store.write() as tx:
            found = get_feed(tx, feed_id)
            skip_refused(tx, parts().ledger, found, seq, actor=me().id)
    except Conflict as error:
        return _page(str(error))
    return _page(f"Entry {seq} is left out for {found.name}, which goes on behind it.")


@pages.get("/feeds/<feed_id>/test")
@pages.get("/feeds/<feed_id>/pause")
@pages.get("/feeds/<feed_id>/resume")
@pages.get("/feeds/<feed_id>/skip/<int:seq>")
@signed_in(Role.ADMIN)
def back(feed_id: str, seq: int = 0) -> Response:  # noqa: ARG001 - the page shows all of them
    """Whoever had to sign in again comes back to the list, and nothing is done for them."""
    return make_response(redirect(url_for("feeds.overview"), 303))


def _page(note: str = "") -> str:
    with parts().store.read() as reader:
        found, missing = standings(reader), gaps(reader)
    return render_template("pages/feeds/overview.html", found=found, missing=missing, note=note, wide=True)
