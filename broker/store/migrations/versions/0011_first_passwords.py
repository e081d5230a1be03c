"""A password that somebody else chose stops working"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("passwords", sa.Column("good_until", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("passwords") as passwords:
        passwords.drop_column("good_until")
