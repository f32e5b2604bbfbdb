"""What one person is found by is read from the index alone: search asks each of a few people for the other words."""

from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f("ix_person_key_tenant_id_person_id"), table_name="person_key")
    op.create_index(
        op.f("ix_person_key_tenant_id_person_id_key"),
        "person_key",
        ["tenant_id", "person_id", "key"],
        unique=False,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_person_key_tenant_id_person_id_key"), table_name="person_key")
    op.create_index(
        op.f("ix_person_key_tenant_id_person_id"),
        "person_key",
        ["tenant_id", "person_id"],
        unique=False,
    )
