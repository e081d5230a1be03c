"""What a request would open on a site that knows more of it than its names say."""

from __future__ import annotations

from broker.web.api.asking.requests import READ
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.seeing import request_seen
from broker.web.api.frame.shape import Told
from broker.web.parts import parts
from broker.web.telling.opened import opened_on_site, site_to_ask

opened = Family("deciding")


class OpenedTold(Told):
    """``asked`` is whether there was anything to ask a site; ``words`` are its own, empty when it did not answer."""

    asked: bool
    words: list[str]


@opened.get(
    "/requests/<request_id>/opened",
    "Ask the site what a request would open",
    Door(scope=READ, software=True),
)
def show_opened(call: Call, request_id: str) -> OpenedTold:
    """Asks over the network, now; nothing is written."""
    with parts().store.read() as reader:
        request = request_seen(reader, call.who, request_id)
        site = site_to_ask(reader, request)
    if site is None:
        return OpenedTold(asked=False, words=[])
    return OpenedTold(asked=True, words=list(opened_on_site(parts().equipment, site, request.scope).words))
