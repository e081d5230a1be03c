"""Saved views of the history."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.review.history.views.kept import LONGEST_NAME, View, change_view, keep_view, let_go, views_for
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Done, Given, Text, Told
from broker.web.api.reviewing.history import LOOKS
from broker.web.api.reviewing.narrowing import Narrowing, filters_of
from broker.web.parts import parts

views = Family("reviewing")
OWN = Door(roles=LOOKS.roles, scope="history:read")


class ViewTold(Told):
    """``query`` is the question as it stands in the address of the page and of `search_history`."""

    id: str = Field(examples=["view_0123456789abcdef0123"])
    name: str
    mine: bool
    shared: bool
    query: dict[str, str]
    kept_at: datetime


class ViewList(Told):
    items: list[ViewTold]


class Naming(Given):
    """``shared``: whoever may look at the history sees it."""

    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    shared: bool = False


class Keeping(Narrowing):
    """A question and its name, which identifies nobody."""

    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    shared: bool = False


@views.get(
    "/history/views",
    "List saved views",
    OWN,
    leads_to={"change_saved_view": {"view_id": "$response.body#/items/0/id"}},
)
def list_views(call: Call) -> ViewList:
    """One's own and the shared ones, by name."""
    with parts().store.read() as reader:
        found = views_for(reader, call.person.id)
    return ViewList(items=[_told(each, call) for each in found])


@views.post("/history/views", "Save a view", OWN, refusals=(409,))
def save_view(call: Call, body: Keeping) -> ViewTold:
    """Written into the ledger, its name left out."""
    filters = filters_of(body)
    with parts().store.write() as tx:
        view = keep_view(tx, parts().ledger, call.person.id, body.name, filters, shared=body.shared)
    return _told(view, call)


@views.post("/history/views/<view_id>", "Rename a saved view, or share it or not", OWN)
def change_saved_view(call: Call, view_id: str, body: Naming) -> ViewTold:
    """By its owner alone."""
    with parts().store.write() as tx:
        changed = change_view(tx, parts().ledger, call.person.id, view_id, body.name, shared=body.shared)
    return _told(changed, call)


@views.post("/history/views/<view_id>/remove", "Remove a saved view", OWN)
def remove_saved_view(call: Call, view_id: str) -> Done:
    """By its owner alone."""
    with parts().store.write() as tx:
        let_go(tx, parts().ledger, call.person.id, view_id)
    return Done()


def _told(view: View, call: Call) -> ViewTold:
    return ViewTold(
        id=view.id,
        name=view.name,
        mine=view.owner_id == call.person.id,
        shared=view.shared,
        query=view.filters.to_query(),
        kept_at=view.kept_at,
    )
