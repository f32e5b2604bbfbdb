"""Which columns a file had when somebody said which is which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Of what was said before nobody knows the other columns."""
    header = sa.Column("header", postgresql.JSONB(), nullable=False, server_default="[]")
    op.add_column("column_mapping", header)
    op.alter_column("column_mapping", "header", server_default=None)


def downgrade() -> None:
    """Undo."""
    op.drop_column("column_mapping", "header")
