"""What was read besides a family; and why recognised people of a referral would qualify."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("reading", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("referral", sa.Column("prospect", sa.Text(), nullable=False, server_default=""))
    op.alter_column("referral", "prospect", server_default=None)


def downgrade() -> None:
    """Undo."""
    op.drop_column("referral", "prospect")
    op.drop_column("reading", "subject_id")
