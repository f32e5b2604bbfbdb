"""Answers about people that outlive a file, rows that contradict the record, and why a file is set aside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tfsaas.tenants.rls import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LENGTHS = "family_years between 1 and 100 and referral_months between 1 and 120 and audit_years between 1 and 100"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "remembered_answer",
        sa.Column("sharing_agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_hash", sa.Text(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("remembered_answer", "sharing_agreement_id", "sharing_agreement"),
        _key("remembered_answer", "person_id", "person", ondelete="CASCADE"),
        _key("remembered_answer", "answered_by_id", "user_account"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_remembered_answer_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_remembered_answer")),
        sa.UniqueConstraint("tenant_id", "sharing_agreement_id", "told_hash", "person_id", name=op.f("uq_remembered_answer_tenant_id_sharing_agreement_id_told_hash_person_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_remembered_answer_tenant_id_person_id"), "remembered_answer", ["tenant_id", "person_id"])  # fmt: skip
    op.create_table(
        "contradiction",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("held_id", sa.Uuid(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("contradiction", "load_id", "load"),
        _key("contradiction", "person_id", "person", ondelete="CASCADE"),
        _key("contradiction", "settled_by_id", "user_account"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_contradiction_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contradiction")),
        sa.CheckConstraint("(settled_at is null) = (settlement = '')", name=op.f("ck_contradiction_settled")),
    )  # fmt: skip
    op.create_index(op.f("ix_contradiction_tenant_id_load_id_line"), "contradiction", ["tenant_id", "load_id", "line"])  # fmt: skip
    op.create_index(op.f("ix_contradiction_tenant_id_person_id"), "contradiction", ["tenant_id", "person_id"])  # fmt: skip
    for table in ("remembered_answer", "contradiction"):
        protect(table)
    op.add_column("delivery", sa.Column("set_aside_reason", sa.Text(), nullable=False, server_default=""))  # fmt: skip
    op.alter_column("delivery", "set_aside_reason", server_default=None)
    op.add_column("delivery", sa.Column("declared", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"))  # fmt: skip
    op.alter_column("delivery", "declared", server_default=None)
    for (tenant_id,) in op.get_bind().execute(sa.text("select id from tenant")).fetchall():
        op.execute(f"select set_config('tfsaas.tenant_id', '{tenant_id}', true)")
        op.execute("update delivery set declared = covers")
    op.execute("select set_config('tfsaas.tenant_id', '', true)")
    op.add_column("delivery", sa.Column("matched_mark", sa.Text(), nullable=False, server_default=""))  # fmt: skip
    op.alter_column("delivery", "matched_mark", server_default=None)
    op.add_column("delivery", sa.Column("set_aside_by_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_delivery_tenant_id_set_aside_by_id"), "delivery", "user_account", ["tenant_id", "set_aside_by_id"], ["tenant_id", "id"])  # fmt: skip
    op.add_column("sharing_agreement", sa.Column("second_person", sa.Boolean(), nullable=False, server_default=sa.false()))  # fmt: skip
    op.alter_column("sharing_agreement", "second_person", server_default=None)
    op.add_column("retention", sa.Column("found_months", sa.Integer(), nullable=False, server_default="12"))  # fmt: skip
    op.alter_column("retention", "found_months", server_default=None)
    op.drop_constraint(op.f("ck_retention_lengths"), "retention")
    op.create_check_constraint(op.f("ck_retention_lengths"), "retention", f"{LENGTHS} and found_months between 1 and 60")  # fmt: skip


def _key(table: str, column: str, other: str, **told: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        **told,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(op.f("ck_retention_lengths"), "retention")
    op.create_check_constraint(op.f("ck_retention_lengths"), "retention", LENGTHS)
    op.drop_column("retention", "found_months")
    op.drop_column("sharing_agreement", "second_person")
    op.drop_column("delivery", "set_aside_by_id")
    op.drop_column("delivery", "set_aside_reason")
    op.drop_column("delivery", "matched_mark")
    op.drop_column("delivery", "declared")
    op.drop_table("contradiction")
    op.drop_table("remembered_answer")
