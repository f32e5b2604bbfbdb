"""Rows that come by the thousand: no key to the council beside that of the row they belong to; what a file was found to say."""

import sqlalchemy as sa
from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = (
    "event",
    "period",
    "spell",
    "score",
    "attestation",
    "recorded_headline",
    "coverage",
    "repeat",
    "incoming_match",
    "person_key",
    "evaluation",
    "outlook",
)

TWICE = "delete from person_key a using person_key b where a.person_id = b.person_id and a.key = b.key and a.id > b.id"


def upgrade() -> None:
    """Apply."""
    for table in TABLES:
        op.drop_constraint(op.f(f"fk_{table}_tenant_id"), table, type_="foreignkey")
    for (tenant_id,) in op.get_bind().execute(sa.text("select id from tenant")).fetchall():
        op.execute(f"select set_config('tfsaas.tenant_id', '{tenant_id}', true)")
        op.execute(TWICE)  # nothing forbade it before
    op.execute("select set_config('tfsaas.tenant_id', '', true)")
    op.drop_constraint(op.f("pk_person_key"), "person_key", type_="primary")
    op.drop_index(op.f("ix_person_key_tenant_id_key_person_id"), table_name="person_key")
    op.drop_column("person_key", "id")
    op.create_primary_key(op.f("pk_person_key"), "person_key", ["tenant_id", "key", "person_id"])
    op.drop_index(
        op.f("ix_incoming_match_tenant_id_delivery_id_status"), table_name="incoming_match"
    )
    op.create_index(
        "ix_incoming_match_not_linked",
        "incoming_match",
        ["tenant_id", "delivery_id"],
        postgresql_where=sa.text("status <> 'linked'"),
    )
    op.add_column("delivery", sa.Column("reading", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("delivery", "reading")
    op.drop_index("ix_incoming_match_not_linked", table_name="incoming_match")
    op.create_index(
        op.f("ix_incoming_match_tenant_id_delivery_id_status"),
        "incoming_match",
        ["tenant_id", "delivery_id", "status"],
    )
    op.drop_constraint(op.f("pk_person_key"), "person_key", type_="primary")
    op.add_column(
        "person_key",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
    )
    op.alter_column("person_key", "id", server_default=None)
    op.create_primary_key(op.f("pk_person_key"), "person_key", ["tenant_id", "id"])
    op.create_index(
        op.f("ix_person_key_tenant_id_key_person_id"),
        "person_key",
        ["tenant_id", "key", "person_id"],
        unique=False,
    )
    for table in TABLES:
        op.create_foreign_key(op.f(f"fk_{table}_tenant_id"), table, "tenant", ["tenant_id"], ["id"])
