"""What one section of an entitlement must not say because of what another says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from broker.policy.catalog import CustomerMatch, EntitlementKind
from broker.policy.draft import Draft, as_length
from broker.policy.durations import in_words
from broker.policy.source import Where

Complaint = tuple[Where, str]
# A checker without a line to the broker learns of the end of a grant no later than this.
LONGEST_TOKEN = timedelta(minutes=10)
SCOPES = ("posts", "orders", "primitives", "resources", "roles")


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Every contradiction in one entitlement: the place under its id, and a sentence."""
    for rule in RULES:
        yield from rule(draft)


def offered_within_maximum(draft: Draft) -> Iterator[Complaint]:
    maximum = draft.length("duration", "maximum")
    for place, written in draft.names("duration", "offered") or []:
        length = as_length(written)
        if maximum and length and length > maximum:
            message = f"{in_words(length)} is offered, but the maximum is {in_words(maximum)}."
            yield ("duration", "offered", place), message


def default_is_offered(draft: Draft) -> Iterator[Complaint]:
    default, offered = draft.length("duration", "default"), draft.names("duration", "offered")
    if default and offered and default not in {as_length(written) for _, written in offered}:
        yield (
            ("duration", "default"),
            f"The default, {in_words(default)}, is not among the durations offered.",
        )


def break_glass_is_shorter(draft: Draft) -> Iterator[Complaint]:
    ordinary, glass = draft.length("duration", "maximum"), draft.length("break_glass", "maximum")
    if ordinary and glass and glass >= ordinary:
        message = (
            f"Break-glass lasts {in_words(glass)}; it must be shorter than the ordinary {in_words(ordinary)}."
        )
        yield ("break_glass", "maximum"), message


def break_glass_opens_no_more(draft: Draft) -> Iterator[Complaint]:
    covered = draft.names("compartments")
    if covered is None:
        return
    known = {name for _, name in covered}
    for place, name in draft.names("break_glass", "compartments") or []:
        if name not in known:
            message = f'Break-glass covers "{name}", which the entitlement itself does not.'
            yield ("break_glass", "compartments", place), message


def break_glass_comes_before_lapse(draft: Draft) -> Iterator[Complaint]:
    offered, lapse = draft.length("break_glass", "offered_after"), draft.length("approvals", "lapse_after")
    if offered and lapse and offered >= lapse:
        message = f"Break-glass is offered after {in_words(offered)}, when the request has lapsed already."
        yield ("break_glass", "offered_after"), message


def break_glass_needs_a_glass(draft: Draft) -> Iterator[Complaint]:
    if draft.count("approvals", "needed") == 0 and draft.has("break_glass"):
        yield (
            ("break_glass",),
            "Nobody has to approve this, so there is no glass to break. Remove one of the two.",
        )


def approvals_have_approvers(draft: Draft) -> Iterator[Complaint]:
    needed = max(draft.count("approvals", "needed") or 0, draft.count("extension", "approvals") or 0)
    if not needed or not isinstance(draft.at("approvals"), dict):
        return
    if draft.at("approvals", "roles") in (None, []):
        yield ("approvals",), "Approvals are needed, but no role may approve. Name one under roles."
    for key in ("lapse_after", "factor_fresh_for"):
        if draft.at("approvals", key) is None:
            yield ("approvals",), f'Approvals are needed, so "{key}" must be said too.'


def unapproved_is_reviewed(draft: Draft) -> Iterator[Complaint]:
    if draft.count("approvals", "needed") == 0 and not draft.has("review"):
        yield (
            ("approvals", "needed"),
            "Nobody approves this, so somebody must look at it afterwards. Add review.",
        )


def extension_keeps_approval(draft: Draft) -> Iterator[Complaint]:
    if draft.count("approvals", "needed") and draft.count("extension", "approvals") == 0:
        yield (
            ("extension", "approvals"),
            "The grant needs approval, so its extension needs at least one, too.",
        )


def extension_leaves_room(draft: Draft) -> Iterator[Complaint]:
    maximum, total = draft.length("duration", "maximum"), draft.length("extension", "total")
    if maximum and total and total <= maximum:
        message = f"The total, {in_words(total)}, leaves no room after a grant of {in_words(maximum)}."
        yield ("extension", "total"), message


def site_role_fits_kind(draft: Draft) -> Iterator[Complaint]:
    kind = draft.at("kind")
    if kind == EntitlementKind.SITE_ROLE and not draft.has("site_role"):
        yield ("kind",), "A site role must say what it covers. Add the section site_role."
    if kind in [each for each in EntitlementKind if each != EntitlementKind.SITE_ROLE] and draft.has(
        "site_role"
    ):
        yield ("site_role",), f"A {kind} has no role on a site. Remove site_role, or change kind."


def site_role_opens_something(draft: Draft) -> Iterator[Complaint]:
    if draft.has("site_role") and not any(draft.has("site_role", part) for part in SCOPES):
        yield ("site_role",), f"Nothing would be opened there. Add one of: {', '.join(SCOPES)}."


def credential_fits_kind(draft: Draft) -> Iterator[Complaint]:
    if draft.at("kind") == EntitlementKind.CREDENTIAL and not draft.has("credential"):
        yield ("kind",), "It must be said what software gets. Add the section credential."


def credential_is_short_lived(draft: Draft) -> Iterator[Complaint]:
    lifetime = draft.length("credential", "lifetime")
    if lifetime and lifetime > LONGEST_TOKEN:
        message = f"A token of {in_words(lifetime)} lives too long; {in_words(LONGEST_TOKEN)} is the most."
        yield ("credential", "lifetime"), message


def orders_know_their_patient(draft: Draft) -> Iterator[Complaint]:
    if not draft.has("site_role", "orders"):
        return
    by_meta = draft.at("site_role", "orders", "match") == CustomerMatch.CUSTOMER_META
    if by_meta and not draft.has("site_role", "orders", "key"):
        yield ("site_role", "orders"), "Say under key which user meta names the patient."
    if not by_meta and draft.has("site_role", "orders", "key"):
        yield (
            ("site_role", "orders", "key"),
            "Only match: customer_meta looks at a key. Remove one of the two.",
        )


RULES: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    offered_within_maximum,
    default_is_offered,
    break_glass_is_shorter,
    break_glass_opens_no_more,
    break_glass_comes_before_lapse,
    break_glass_needs_a_glass,
    approvals_have_approvers,
    unapproved_is_reviewed,
    extension_keeps_approval,
    extension_leaves_room,
    site_role_fits_kind,
    site_role_opens_something,
    credential_fits_kind,
    credential_is_short_lived,
    orders_know_their_patient,
)
