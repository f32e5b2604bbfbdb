"""Since when each person is on record, so that earlier silence of a feed says nothing of them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# from the first trace of each; who left none is on record from now on, and no silence before counts
FIRST_TRACE = """
update person p set recorded_at = t.at from (
  select tenant_id, person_id, min(recorded_at) as at from (
    select tenant_id, person_id, recorded_at from event
    union all select tenant_id, person_id, recorded_at from period
    union all select tenant_id, person_id, recorded_at from spell
    union all select tenant_id, person_id, recorded_at from score
    union all select tenant_id, person_id, recorded_at from attestation where person_id is not null
    union all select tenant_id, subject_id, at from audit_entry where subject = 'person' and action = 'create'
  ) f group by tenant_id, person_id
) t where t.tenant_id = p.tenant_id and t.person_id = p.id
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "person",
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
    )
    for (tenant_id,) in op.get_bind().execute(sa.text("select id from tenant")).fetchall():
        op.execute(f"select set_config('tfsaas.tenant_id', '{tenant_id}', true)")
        op.execute(FIRST_TRACE)
    op.execute("select set_config('tfsaas.tenant_id', '', true)")
    op.alter_column("person", "recorded_at", server_default=None)
    op.create_index(op.f("ix_person_tenant_id_recorded_at"), "person", ["tenant_id", "recorded_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_person_tenant_id_recorded_at"), table_name="person")
    op.drop_column("person", "recorded_at")
