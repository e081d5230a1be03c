"""The demo's mail: every message, with its link, so that one person can play all parts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from broker.errors import NotFound
from broker.notify.message import Message
from broker.notify.read import list_messages
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("outbox", __name__)


@dataclass(frozen=True)
class Mail:
    """A message and the addresses of this broker that stand in it."""

    message: Message
    links: tuple[str, ...]


@pages.get("/outbox")
@signed_in()
def overview() -> str:
    """Everybody's mail, shown to everybody: so it does not exist outside the demo."""
    if not parts().settings.demo:
        raise NotFound("This page does not exist.", help="Your mail is in your own mailbox.")
    with parts().store.read() as reader:
        mails = [Mail(each, _links(each.body_text)) for each in list_messages(reader)]
    return render_template("pages/outbox/overview.html", mails=mails)


def _links(text: str) -> tuple[str, ...]:
    ours = f"{parts().settings.base_url}/"
    return tuple(dict.fromkeys(word.rstrip(".,)>") for word in text.split() if word.startswith(ours)))
