"""Requests, what approvers said of them, the grants that came of them, and the reviews owed."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from broker.store import UTCDateTime, metadata

access_requests = Table(
    "access_requests",
    metadata,
    Column("id", String(40), primary_key=True),
    # Made with the form, so that a form sent twice is one request.
    Column("submission", String(64), nullable=False),
    Column("person_id", String(40), nullable=False),
    Column("patient_id", String(40), nullable=False),
    Column("entitlement", String(60), nullable=False),
    Column("path", String(20), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("scope", JSON, nullable=False),
    Column("site_id", String(60)),
    Column("state", String(20), nullable=False),
    Column("approvals_needed", Integer, nullable=False),
    Column("approver_roles", JSON, nullable=False),
    Column("policy_digest", String(64), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("lapses_at", UTCDateTime, nullable=False),
    Column("break_glass_after", UTCDateTime),
    Column("review_within_s", Integer),
    Column("closed_at", UTCDateTime),
    Column("extends_grant", String(40)),
    # The factor that gated it; unknown only for requests of an earlier version.
    Column("factor_method", String(20)),
    Column("factor_at", UTCDateTime),
    # The danger was stated to pass a block by an overdue review.
    Column("overrides_block", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("person_id", "submission"),
    Index("ix_access_requests_state_lapses_at", "state", "lapses_at"),
    Index("ix_access_requests_person_id_asked_at", "person_id", "asked_at"),
    # Those who oversee others read all requests newest first, a page after a given one.
    Index("ix_access_requests_asked_at", "asked_at", "id"),
    # A reason or purpose that is hardly ever given is found without reading the whole history.
    Index("ix_access_requests_reason", "reason"),
    Index("ix_access_requests_purpose", "purpose"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("request_id", ForeignKey("access_requests.id"), primary_key=True),
    Column("approver_id", String(40), primary_key=True),
    Column("verdict", String(10), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index("ix_approvals_approver_id", "approver_id", "request_id"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False, unique=True),
    Column("person_id", String(40), nullable=False),
    Column("patient_id", String(40), nullable=False),
    Column("entitlement", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("site_id", String(60)),
    Column("account", String(60)),
    Column("lease_version", Integer),
    Column("state", String(20), nullable=False),
    Column("issued_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("active_at", UTCDateTime),
    Column("revoking_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
    Column("cause", String(30)),
    # Tries of the push or the revocation under way, and when the next one is due.
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UTCDateTime),
    Column("unconfirmed_at", UTCDateTime),
    Column("fault", Text),
    Column("extends_grant", String(40)),
    # When the first grant of a chain of extensions was issued: what a policy's total counts from.
    Column("family_began_at", UTCDateTime, nullable=False),
    Index("ix_grants_state_expires_at", "state", "expires_at"),
    Index("ix_grants_state_next_try_at", "state", "next_try_at"),
    # The history is read newest first, a page after a given grant: so every one of these ends in the id.
    Index("ix_grants_issued_at", "issued_at", "id"),
    Index("ix_grants_person_id_issued_at", "person_id", "issued_at", "id"),
    Index("ix_grants_patient_id_issued_at", "patient_id", "issued_at", "id"),
    Index("ix_grants_state_issued_at", "state", "issued_at", "id"),
    Index("ix_grants_site_id_issued_at", "site_id", "issued_at", "id"),
    Index("ix_grants_site_id_state_issued_at", "site_id", "state", "issued_at", "id"),
    Index("ix_grants_entitlement_issued_at", "entitlement", "issued_at", "id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("grant_id", ForeignKey("grants.id"), primary_key=True),
    Column("holder_id", String(40), nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("overdue_told_at", UTCDateTime),
    Column("outcome", String(20)),
    Column("signed_by", String(40)),
    Column("signed_at", UTCDateTime),
    Column("state", String(20), nullable=False, server_default="open"),
    # Counts the moves, so that of two who act at once one is told.
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("assigned_to", String(40)),
    Column("assigned_at", UTCDateTime),
    # Where a second opinion is given or waited for.
    Column("first_outcome", String(20)),
    Column("first_by", String(40)),
    Column("first_at", UTCDateTime),
    Index("ix_reviews_holder_id_signed_at", "holder_id", "signed_at"),
    Index("ix_reviews_signed_at_due_at", "signed_at", "due_at"),
    # Misuse is one in thousands, and found without reading all that was appropriate.
    Index("ix_reviews_outcome", "outcome", "grant_id"),
    Index("ix_reviews_assigned_to_signed_at", "assigned_to", "signed_at", "due_at"),
)

# Orders that freeze accounts of a site and end what they have open; kept, because the last one stands.
containment_orders = Table(
    "containment_orders",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("account", String(200), nullable=False),
    Column("spare", JSON, nullable=False),
    Column("actions", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("ordered_by", String(40), nullable=False),
    Column("ordered_at", UTCDateTime, nullable=False),
    Column("settled_at", UTCDateTime),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UTCDateTime),
    Column("fault", Text),
    Index("ix_containment_orders_site_id_version", "site_id", "version", unique=True),
    Index("ix_containment_orders_state_next_try_at", "state", "next_try_at"),
)
