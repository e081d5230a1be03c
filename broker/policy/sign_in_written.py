"""The section ``sign_in`` as it is written, what contradicts in it, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool

from broker.policy.draft import Draft
from broker.policy.section import Length, Section
from broker.policy.sign_in import USUAL, SignIn, SingleSignOnRules
from broker.policy.source import Where

# Those that a person can hold in the broker; other roles a policy declares are held by nobody.
HeldRole = Literal["clinician", "approver", "reviewer", "admin"]


def _switch(said: object) -> object:
    # YAML reads a bare on and off as true and false.
    return ("on" if said else "off") if isinstance(said, bool) else said


Switch = Annotated[Literal["on", "off"], BeforeValidator(_switch)]
Value = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,200}$")]
Group = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class SingleSignOn(Section):
    """What holds for people the provider named by BROKER_OIDC_ISSUER vouches for."""

    acr_values: list[Value] = Field(
        default=[], description="Asked for; a sign-in that is none of these is refused."
    )
    amr_values: list[Value] = Field(
        default=[], description="One of these must be among the methods the provider names."
    )
    max_age: Length | None = Field(default=None, description="How long ago the sign-in there may have been.")
    groups_claim: Value = Field(default="groups", description="The claim that lists a person's groups.")
    groups: dict[Group, Annotated[list[HeldRole], Field(min_length=1)]] = Field(
        default={}, description="Roles by group, set anew at each sign-in. Empty: roles are given here alone."
    )
    create_people: StrictBool = Field(
        default=False, description="Whether somebody nobody knows yet gets an account."
    )
    link_by_email: StrictBool = Field(
        default=False, description="Whether an account here is theirs whose checked address it has."
    )
    counts_as_factor: StrictBool = Field(
        default=False,
        description="Whether their sign-in stands for both factors. Acts ask for ours all the same.",
    )


class SignInEntry(Section):
    """How people come in."""

    local_accounts: Switch = Field(
        default="on", description="off: no password and no passkey of the broker's own."
    )
    local_people: list[Email] = Field(
        default=[], description="Who keeps a local account all the same, for the day the provider is down."
    )
    single_sign_on: SingleSignOn | None = None


def sign_in_complaints(draft: Draft) -> Iterator[tuple[Where, str]]:
    """Every contradiction: the place under ``sign_in``, and a sentence."""
    off = draft.at("local_accounts") in (False, "off")
    if off and not draft.has("single_sign_on"):
        yield ("local_accounts",), "Without local accounts nobody could sign in. Say single_sign_on, too."
    if not off and draft.names("local_people"):
        yield ("local_people",), "Everybody has a local account. Remove this, or say local_accounts: off."
    named = draft.names("single_sign_on", "acr_values") or draft.names("single_sign_on", "amr_values")
    if draft.at("single_sign_on", "counts_as_factor") is True and not named:
        message = "Say by which acr_values or amr_values a second factor shows; a password alone is none."
        yield ("single_sign_on", "counts_as_factor"), message
    if draft.at("single_sign_on", "create_people") is True and not draft.at("single_sign_on", "groups"):
        message = "Nobody new would have a role, so nobody would come in. Say which groups give which roles."
        yield ("single_sign_on", "create_people"), message


def sign_in_meant(said: SignInEntry | None) -> SignIn:
    if said is None:
        return USUAL
    return SignIn(
        local_accounts=said.local_accounts == "on",
        local_people=frozenset(each.casefold() for each in said.local_people),
        single_sign_on=_rules(said.single_sign_on),
    )


def _rules(said: SingleSignOn | None) -> SingleSignOnRules:
    if said is None:
        return SingleSignOnRules()
    groups = {name: tuple(sorted(set(roles))) for name, roles in sorted(said.groups.items())}
    return SingleSignOnRules(
        acr_values=tuple(dict.fromkeys(said.acr_values)),
        amr_values=tuple(sorted(set(said.amr_values))),
        max_age=said.max_age,
        groups_claim=said.groups_claim,
        groups=MappingProxyType(groups),
        create_people=said.create_people,
        link_by_email=said.link_by_email,
        counts_as_factor=said.counts_as_factor,
    )
