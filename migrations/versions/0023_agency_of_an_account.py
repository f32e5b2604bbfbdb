"""Where somebody works who has an account and does not work for the council."""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("user_account", sa.Column("agency", sa.Text(), nullable=False, server_default=""))
    op.alter_column("user_account", "agency", server_default=None)


def downgrade() -> None:
    """Undo."""
    op.drop_column("user_account", "agency")
