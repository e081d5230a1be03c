"""The language policy files are written in, one model per section.

These models check the form of each section by itself; what one section must
not say because of another is in coherence.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from broker.policy.catalog import Capability, CustomerMatch, EntitlementKind, Factor, OrderCapability, Repair
from broker.policy.keeping_written import DisclosuresEntry, RetentionEntry
from broker.policy.oddities_written import OdditiesEntry
from broker.policy.reviewing_written import ReviewsEntry
from broker.policy.section import Length, Section
from broker.policy.sign_in_written import SignInEntry

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
MetaKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,191}$")]
Primitive = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Resource = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+_[A-Za-z0-9]+::[A-Za-z0-9_]{1,100}$")]
RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Audience = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:/._~-]{0,199}$")]
Term = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.:-]{0,59}$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Names = Annotated[list[Code], Field(min_length=1)]


class Who(Section):
    """Who may ask."""

    roles: Names = Field(description="Anybody holding one of these roles may ask.")


class Duration(Section):
    """How long a grant lasts."""

    offered: Annotated[list[Length], Field(min_length=1)] = Field(description="The choices on the form.")
    default: Length = Field(description="The choice already made on the form.")
    maximum: Length = Field(description="No ordinary grant is ever longer, whatever is asked for.")


class Approvals(Section):
    """Who says yes, how many of them, and how long the question stands."""

    needed: Annotated[StrictInt, Field(ge=0, le=5)] = Field(
        description="How many different people must say yes."
    )
    roles: list[Code] = Field(default=[], description="Anybody holding one of these roles may decide.")
    lapse_after: Length | None = Field(default=None, description="Unanswered, a request ends.")
    factor_fresh_for: Length | None = Field(
        default=None, description="How old the approver's own second factor may be."
    )


class BreakGlass(Section):
    """What a person may open without waiting. Leave the section out, and nobody may."""

    maximum: Length = Field(description="Shorter than the ordinary maximum.")
    purposes: Names
    compartments: Names = Field(description="Some or all of the entitlement's compartments.")
    offered_after: Length = Field(description="A request this long without an answer offers break-glass.")
    review_within: Length = Field(description="Somebody must have looked at it by then.")


class Extension(Section):
    """Whether a grant may be followed by another before it ends."""

    total: Length = Field(description="The first grant and all its extensions together.")
    approvals: Annotated[StrictInt, Field(ge=0, le=5)]


class Review(Section):
    """Whether ordinary grants are looked at afterwards, too."""

    within: Length


class Posts(Section):
    """One patient's posts of one type, on WordPress."""

    post_type: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,20}$")]
    meta_key: MetaKey = Field(description="The post meta that names the patient.")
    capabilities: Annotated[list[Capability], Field(min_length=1)]


class Orders(Section):
    """One patient's orders, on WooCommerce."""

    match: CustomerMatch = Field(description="How the patient is found among the shop's customers.")
    key: MetaKey | None = Field(default=None, description="The user meta that names the patient.")
    capabilities: Annotated[list[OrderCapability], Field(min_length=1)]


class SiteRole(Section):
    """What the lease on a site covers. One of these at least, of the kind the site understands."""

    site: Id
    posts: Posts | None = None
    orders: Orders | None = None
    primitives: Annotated[list[Primitive], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="WordPress capabilities that are limited to no patient."
    )
    session: Literal["first"] | None = Field(
        default=None, description="first: for the one login session that uses it first, on WordPress."
    )
    resources: Annotated[list[Resource], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Magento ACL resources, each exactly: nothing above or below them."
    )
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=10)] | None = Field(
        default=None, description="Whole roles, on a WordPress site without a companion only."
    )


class Credential(Section):
    """What software may get of a grant: short-lived tokens for one patient, good at one place."""

    audience: Audience = Field(
        description="The resource server, as it knows itself: a URL or a name. Tokens are good there alone."
    )
    datatypes: Annotated[list[Term], Field(min_length=1, max_length=20)] = Field(
        description="Kinds of things, in the resource server's words, such as FHIR's."
    )
    actions: Annotated[list[Term], Field(min_length=1, max_length=10)] = Field(
        description="What may be done with them, in its words."
    )
    lifetime: Length = Field(description="Of one token, 10m at most; it never outlives the grant.")
    dpop: Literal["required", "allowed"] = Field(
        default="required", description="required: a token is bound to a key and worth nothing when stolen."
    )


class SiteEntry(Section):
    """What holds for one site whatever is granted there."""

    companion: Literal["required", "optional"] = Field(
        default="required", description="optional: leases also where nothing on the site enforces them."
    )
    super_admins: Literal["free", "stopped"] = Field(
        default="free",
        description="stopped: a network's administrators have no standing right to what is offered.",
    )
    repair: list[Repair] = Field(default=[], description="What the broker puts right there by itself.")


class EntitlementEntry(Section):
    """One thing that can be asked for."""

    title: Words
    description: Words
    kind: EntitlementKind
    who: Who
    compartments: Names = Field(description="Patients of these compartments are covered.")
    purposes: Names = Field(description="HL7 purposes of use that an ordinary request may state.")
    duration: Duration
    factor: Factor = Field(description="The second factor that confirms asking and deciding.")
    approvals: Approvals
    break_glass: BreakGlass | None = None
    extension: Extension | None = None
    review: Review | None = None
    site_role: SiteRole | None = None
    credential: Credential | None = None


class Document(Section):
    """One policy file. Files add up: what one declares, all may use."""

    version: Literal[1]
    roles: dict[Code, Words] = Field(default={}, description="Roles this policy speaks of.")
    compartments: dict[Code, Words] = Field(default={}, description="Groups of patients, each in one.")
    purposes: dict[Code, Words] = Field(default={}, description="HL7 purposes of use and their words here.")
    reasons: dict[Code, Words] = Field(default={}, description="Reasons a person picks from.")
    entitlements: dict[Id, EntitlementEntry] = Field(default={})
    sites: dict[Id, SiteEntry] = Field(
        default={}, description="What holds for a site whatever is granted there."
    )
    sign_in: SignInEntry | None = Field(default=None, description="How people come in. One file says it.")
    reviews: ReviewsEntry | None = Field(default=None, description="How reviews go. One file says it.")
    oddities: OdditiesEntry | None = Field(
        default=None, description="From when on something looks odd. One file says it."
    )
    retention: RetentionEntry | None = Field(
        default=None, description="How long free text is kept. One file says it."
    )
    disclosures: DisclosuresEntry | None = Field(
        default=None, description="What patients are told of who had access. One file says it."
    )
