"""Free text that can be erased"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The texts as they lie, to be sealed when the broker starts: no key is at hand here.
_TAKEN_OVER = (
    (
        "INSERT INTO notes (id, kind, request_id, author_id, written_at, plain) "
        "SELECT 'note_of_' || id, 'request', id, person_id, asked_at, note FROM access_requests WHERE note <> ''"
    ),
    (
        "INSERT INTO notes (id, kind, request_id, author_id, written_at, plain) "
        "SELECT 'note_of_' || request_id || '_' || approver_id, 'comment', request_id, approver_id, at, comment "
        "FROM approvals WHERE comment <> ''"
    ),
    (
        "INSERT INTO notes (id, kind, request_id, grant_id, author_id, written_at, plain) "
        "SELECT 'note_of_' || grants.id, 'review', grants.request_id, grants.id, reviews.signed_by, "
        "reviews.signed_at, reviews.note FROM reviews JOIN grants ON grants.id = reviews.grant_id "
        "WHERE reviews.note <> '' AND reviews.signed_by IS NOT NULL"
    ),
)
_GIVEN_BACK = (
    (
        "UPDATE access_requests SET note = (SELECT plain FROM notes WHERE notes.id = 'note_of_' || access_requests.id) "
        "WHERE id IN (SELECT request_id FROM notes WHERE kind = 'request' AND plain IS NOT NULL)"
    ),
    (
        "UPDATE approvals SET comment = (SELECT plain FROM notes "
        "WHERE notes.id = 'note_of_' || approvals.request_id || '_' || approvals.approver_id) "
        "WHERE 'note_of_' || request_id || '_' || approver_id IN (SELECT id FROM notes WHERE plain IS NOT NULL)"
    ),
    (
        "UPDATE reviews SET note = (SELECT plain FROM notes WHERE notes.id = 'note_of_' || reviews.grant_id) "
        "WHERE grant_id IN (SELECT grant_id FROM notes WHERE kind = 'review' AND plain IS NOT NULL)"
    ),
)


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_request_id", "notes", ["request_id", "kind"])
    op.create_index("ix_notes_grant_id", "notes", ["grant_id", "kind"])
    op.create_index("ix_notes_erased_at", "notes", ["erased_at", "written_at", "id"])
    readable = sa.text("plain IS NOT NULL")
    op.create_index("ix_notes_plain", "notes", ["id"], sqlite_where=readable, postgresql_where=readable)
    for statement in _TAKEN_OVER:
        op.execute(statement)
    # Not in a batch, which would copy these tables while others point at them.
    for table, column in (("access_requests", "note"), ("approvals", "comment"), ("reviews", "note")):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def downgrade() -> None:
    """What was sealed stays sealed: an earlier version shows these notes as empty."""
    op.execute("ALTER TABLE access_requests ADD COLUMN note TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE approvals ADD COLUMN comment TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE reviews ADD COLUMN note TEXT")
    for statement in _GIVEN_BACK:
        op.execute(statement)
    op.drop_table("notes")
