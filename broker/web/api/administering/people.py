"""Who may sign in, and as what; what policy offers them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.people import Person, Role, everyone
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Page, Paging, after_in, begins_after, cut, next_of
from broker.web.api.frame.shape import Told
from broker.web.parts import parts

people = Family("administering")


class PersonTold(Told):
    id: str = Field(examples=["person_0123456789abcdef0123"])
    name: str = Field(examples=["On-call clinician"])
    email: str = Field(examples=["clinician@clinic.example"])
    roles: list[Role]
    has_factor: bool
    disabled: bool
    added_at: datetime


class PersonList(Page):
    items: list[PersonTold]


@people.get(
    "/people",
    "List people",
    Door(roles=frozenset({Role.ADMIN}), scope="people:read", software=True),
)
def list_people(call: Call, query: Paging) -> PersonList:
    """By name; those who were shut out among them."""
    with parts().store.read() as reader:
        found = sorted(everyone(reader), key=_place)
    shown = cut(call, query, after_in(found, begins_after(query), _place), _place)
    return PersonList(items=[person_told(each) for each in shown], next=next_of(call))


def person_told(person: Person) -> PersonTold:
    return PersonTold(
        id=person.id,
        name=person.name,
        email=person.email,
        roles=sorted(person.roles),
        has_factor=person.has_factor,
        disabled=person.disabled,
        added_at=person.added_at,
    )


def _place(person: Person) -> list[str]:
    return [person.name, person.id]
