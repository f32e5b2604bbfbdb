"""Contradictions are found by the fact that stands."""

from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        op.f("ix_contradiction_tenant_id_held_id"), "contradiction", ["tenant_id", "held_id"]
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_contradiction_tenant_id_held_id"), table_name="contradiction")
